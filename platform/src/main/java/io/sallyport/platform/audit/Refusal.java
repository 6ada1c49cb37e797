package io.sallyport.platform.audit;

import io.sallyport.platform.base.TenantId;
import java.util.Map;
import java.util.Optional;

/**
 * A refusal as the place that decided it tells it: everything of {@link Explanation} but id and
 * time, and what the audit record says.
 *
 * @param source what repeats are counted by, e.g. the remote address or client id
 */
public record Refusal(
    Optional<TenantId> tenant,
    String actor,
    String action,
    String target,
    String source,
    String rule,
    String text,
    String fix,
    Map<String, String> details) {
  public Refusal {
    details = Map.copyOf(details);
  }
}
