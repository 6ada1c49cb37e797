package io.sallyport.web.operation;

import io.sallyport.platform.identity.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Liveness and readiness: without login only up and ready (THREATS T48). */
@RestController
final class HealthResource {
  private final List<ReadinessCheck> checks;
  private final List<PostureCheck> posture;

  HealthResource(List<ReadinessCheck> checks, List<PostureCheck> posture) {
    this.checks = List.copyOf(checks);
    this.posture = List.copyOf(posture);
  }

  @GetMapping("/health")
  HealthJson health(
      @AuthenticationPrincipal(errorOnInvalidType = false) @Nullable Principal actor) {
    return new HealthJson("up", null, findingsFor(actor));
  }

  private @Nullable List<HealthJson.Finding> findingsFor(@Nullable Principal actor) {
    if (!(actor instanceof Principal.Operator)) {
      return null;
    }
    return posture.stream()
        .flatMap(check ->
            check.finding().map(found -> new HealthJson.Finding(check.name(), found)).stream())
        .toList();
  }

  @GetMapping("/ready")
  ResponseEntity<HealthJson> ready(
      @AuthenticationPrincipal(errorOnInvalidType = false) @Nullable Principal actor) {
    List<HealthJson.Check> results =
        checks.stream()
            .map(check -> new HealthJson.Check(check.name(), check.problem().orElse(null)))
            .toList();
    boolean ready = results.stream().allMatch(result -> result.problem() == null);
    return ResponseEntity.status(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(
            new HealthJson(
                ready ? "ready" : "not-ready",
                actor instanceof Principal.Operator ? results : null,
                findingsFor(actor)));
  }
}
