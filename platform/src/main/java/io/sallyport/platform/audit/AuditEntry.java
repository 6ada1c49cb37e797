package io.sallyport.platform.audit;

import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import java.util.Map;
import java.util.Optional;

/**
 * One security-relevant act, before it is chained.
 *
 * @param tenant whose chain it belongs to; empty for the installation's own chain
 * @param actor who acted, e.g. {@code device:pump/p1}, {@code key:a-acme01-abcdefghij}, {@code
 *     operator:o-…}, {@code system}
 * @param action dotted verb, e.g. {@code device.create}, {@code login.failed}, {@code
 *     publish.refused}
 * @param target what was acted on; cut at 256 characters
 * @param details further facts, no secrets and no payload; values are cut at 256 characters and
 *     control characters escaped
 */
public record AuditEntry(
    Optional<TenantId> tenant,
    String actor,
    String action,
    String target,
    Outcome outcome,
    Optional<RefusalId> refusal,
    Map<String, String> details) {
  /** How the act ended. */
  public enum Outcome {
    DONE,
    REFUSED
  }

  public AuditEntry {
    details = Map.copyOf(details);
  }

  public static AuditEntry done(
      TenantId tenant, String actor, String action, String target, Map<String, String> details) {
    return new AuditEntry(
        Optional.of(tenant), actor, action, target, Outcome.DONE, Optional.empty(), details);
  }

  public static AuditEntry installation(
      String actor, String action, String target, Map<String, String> details) {
    return new AuditEntry(
        Optional.empty(), actor, action, target, Outcome.DONE, Optional.empty(), details);
  }
}
