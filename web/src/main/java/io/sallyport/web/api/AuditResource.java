package io.sallyport.web.api;

import io.sallyport.platform.audit.AuditCheckpoint;
import io.sallyport.platform.audit.AuditCheckpoints;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.audit.NewestCheckpoint;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The audit chains, to read and to verify. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH)
@Tag(name = "audit")
final class AuditResource {
  private final AccessPolicy policy;
  private final AuditStore store;
  private final AuditLog log;
  private final AuditCheckpoints checkpoints;
  private final NewestCheckpoint newest;
  private final Listings listings;

  AuditResource(
      AccessPolicy policy,
      AuditStore store,
      AuditLog log,
      AuditCheckpoints checkpoints,
      NewestCheckpoint newest,
      Listings listings) {
    this.policy = policy;
    this.store = store;
    this.log = log;
    this.checkpoints = checkpoints;
    this.newest = newest;
    this.listings = listings;
  }

  @GetMapping("/tenants/{tenant}/audit")
  @Operation(summary = "The tenant's audit records, newest first")
  Listing<AuditJson> list(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @RequestParam(defaultValue = Listings.LIMIT_DEFAULT) int limit,
      @RequestParam(required = false) @Nullable String next,
      HttpServletRequest request) {
    return page(request, actor, limit, next, readableChain(actor, tenant));
  }

  @GetMapping("/tenants/{tenant}/audit/verify")
  @Operation(summary = "Walk the tenant's chain; names the first broken link")
  AuditJson.Verified verify(@AuthenticationPrincipal Principal actor, @PathVariable String tenant) {
    return AuditJson.Verified.of(log.verify(readableChain(actor, tenant)));
  }

  @GetMapping("/audit")
  @Operation(summary = "The installation's audit records, newest first (operators)")
  Listing<AuditJson> listInstallation(
      @AuthenticationPrincipal Principal actor,
      @RequestParam(defaultValue = Listings.LIMIT_DEFAULT) int limit,
      @RequestParam(required = false) @Nullable String next,
      HttpServletRequest request) {
    policy.requireOperator(actor);
    return page(request, actor, limit, next, Optional.empty());
  }

  @GetMapping("/audit/verify")
  @Operation(summary = "Walk the installation's chain (operators)")
  AuditJson.Verified verifyInstallation(@AuthenticationPrincipal Principal actor) {
    policy.requireOperator(actor);
    return AuditJson.Verified.of(log.verify(Optional.empty()));
  }

  @PostMapping("/audit/verify")
  @Operation(summary = "Compare all chains with checkpoints that were kept elsewhere (operators)")
  CheckpointJson.Compared verifyCheckpoints(
      @AuthenticationPrincipal Principal actor, @RequestBody CheckpointJson.Given body) {
    policy.requireOperator(actor);
    List<AuditCheckpoint> given =
        BodyFields.required(body.checkpoints(), "checkpoints").stream()
            .map(AuditResource::checkpoint)
            .toList();
    List<CheckpointJson.Found> found =
        checkpoints.verify(given, !Boolean.FALSE.equals(body.walk())).stream()
            .map(CheckpointJson.Found::of)
            .toList();
    return new CheckpointJson.Compared(found.isEmpty(), given.size(), newest.number(), found);
  }

  private static AuditCheckpoint checkpoint(String line) {
    try {
      return AuditCheckpoint.decode(line);
    } catch (ProblemException e) {
      // What is corrupt is the caller's file, not ours.
      throw Problem.invalid("member 'checkpoints' holds a line that is no checkpoint");
    }
  }

  private Optional<TenantId> readableChain(Principal actor, String tenant) {
    TenantId id = PathNames.tenant(tenant);
    policy.require(actor, Permission.AUDIT_READ, id);
    return Optional.of(id);
  }

  private Listing<AuditJson> page(
      HttpServletRequest request,
      Principal actor,
      int limit,
      @Nullable String next,
      Optional<TenantId> chain) {
    return listings.page(
        request, actor, limit, next, page -> store.list(chain, page), AuditJson::of);
  }
}
