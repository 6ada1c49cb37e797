package io.sallyport.web.operation;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Prometheus metrics, for loopback, {@code metrics:read} and operators (THREATS T48). */
@RestController
final class MetricsResource {
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final AccessPolicy policy;

  MetricsResource(PrometheusMeterRegistry registry, AccessPolicy policy) {
    this.registry = registry;
    this.policy = policy;
  }

  @GetMapping("/metrics")
  ResponseEntity<byte[]> metrics(
      @AuthenticationPrincipal @Nullable Principal actor, HttpServletRequest request) {
    requireReader(actor, request);
    return ResponseEntity.ok()
        .header(HttpHeaders.CONTENT_TYPE, PROMETHEUS_TEXT)
        .body(registry.scrape(PROMETHEUS_TEXT).getBytes(StandardCharsets.UTF_8));
  }

  /** A credential that was sent counts, also on loopback. */
  private void requireReader(@Nullable Principal actor, HttpServletRequest request) {
    switch (actor) {
      case Principal.Operator operator -> policy.requireOperator(operator);
      case Principal.OfTenant of -> policy.require(of, Permission.METRICS_READ, of.tenant());
      case null -> {
        if (!isLoopback(request.getRemoteAddr())) {
          // What this caller may not see is not there for him.
          throw Problem.notFound("the address");
        }
      }
    }
  }

  private static boolean isLoopback(@Nullable String literal) {
    try {
      // ofLiteral refuses the empty text, which getByName takes for loopback.
      return literal != null && InetAddress.ofLiteral(literal).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
