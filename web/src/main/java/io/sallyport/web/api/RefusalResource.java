package io.sallyport.web.api;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.Explanation;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Explains refusals to those who may know. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/refusals/{refusal}")
@Tag(name = "audit")
final class RefusalResource {
  private final AccessPolicy policy;
  private final AuditLog log;

  RefusalResource(AccessPolicy policy, AuditLog log) {
    this.policy = policy;
    this.log = log;
  }

  @GetMapping
  @Operation(summary = "Why something was refused (audit:read in the tenant concerned)")
  AuditJson.Explained explain(
      @AuthenticationPrincipal Principal actor, @PathVariable String refusal) {
    return parsed(refusal)
        .flatMap(log::explain)
        .filter(explanation -> mayKnow(actor, explanation))
        .map(AuditJson.Explained::of)
        .orElseThrow(() -> Problem.notFound("the refusal"));
  }

  /** THREATS T47. A refusal that names no tenant belongs to the operator. */
  private boolean mayKnow(Principal actor, Explanation explanation) {
    return explanation
        .tenant()
        .map(tenant -> policy.allows(actor, Permission.AUDIT_READ, tenant))
        .orElse(actor instanceof Principal.Operator);
  }

  private static Optional<RefusalId> parsed(String text) {
    try {
      return Optional.of(new RefusalId(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
