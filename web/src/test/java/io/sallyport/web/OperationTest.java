package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sallyport.platform.identity.Permission;
import io.sallyport.web.Api.Answer;
import io.sallyport.web.Api.Login;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.servlet.MockMvc;

/** Health, readiness and metrics: who sees what. */
@ApiTest
final class OperationTest {
  @Autowired private MockMvc mvc;
  @Autowired private TestPlatform platform;
  @Autowired private PrometheusMeterRegistry registry;

  private Api api;

  @BeforeEach
  void setUp() {
    api = new Api(mvc);
  }

  @AfterEach
  void makeReady() {
    platform.unready(null);
  }

  private Answer metrics(@Nullable Login login, String address) {
    return api.call(
        login, HttpMethod.GET, "/metrics", null, request -> request.remoteAddress(address));
  }

  @Test
  void without_login_only_up_and_ready_are_told() {
    platform.unready("storage-full");

    assertThat(api.get(null, "/health").body()).isEqualTo("{\"status\":\"up\"}");
    Answer ready = api.get(null, "/ready");
    assertThat(ready.status()).isEqualTo(503);
    assertThat(ready.body()).isEqualTo("{\"status\":\"not-ready\"}");
    platform.unready(null);
    assertThat(api.get(null, "/ready").status()).isEqualTo(200);
    assertThat(api.get(null, "/ready").body()).isEqualTo("{\"status\":\"ready\"}");
  }

  @Test
  void an_operator_sees_what_should_not_stay_so_and_a_tenant_does_not() {
    for (String path : List.of("/health", "/ready")) {
      assertThat(api.get(platform.operator(), path).json().at("/posture/0/finding").asString())
          .isEqualTo("not-configured");
      Login admin = platform.administrator(platform.newTenant());
      assertThat(api.get(admin, path).body()).doesNotContain("posture");
      assertThat(api.get(null, path).body()).doesNotContain("posture");
    }
  }

  @Test
  void an_operator_sees_why_it_is_not_ready_and_a_tenant_does_not() {
    platform.unready("storage-full");

    assertThat(api.get(platform.operator(), "/ready").json().at("/checks/0/problem").asString())
        .isEqualTo("storage-full");
    Login admin = platform.administrator(platform.newTenant());
    assertThat(api.get(admin, "/ready").body()).isEqualTo("{\"status\":\"not-ready\"}");
  }

  @Test
  void a_wrong_credential_is_refused_even_where_none_is_needed() {
    assertThat(api.get(new Login("o-nobody", "x"), "/ready").status()).isEqualTo(401);
  }

  @Test
  void health_is_told_without_tls_but_no_credential_is_taken() {
    assertThat(
            api.call(null, HttpMethod.GET, "/health", null, request -> request.secure(false))
                .status())
        .isEqualTo(200);
    assertThat(
            api.call(
                    platform.operator(),
                    HttpMethod.GET,
                    "/ready",
                    null,
                    request -> request.secure(false))
                .code())
        .isEqualTo("tls-required");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "::1", "0:0:0:0:0:0:0:1"})
  void metrics_are_there_on_loopback(String address) {
    Answer answer = metrics(null, address);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith("text/plain");
    assertThat(answer.body()).contains("jvm_memory_used_bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "2001:db8::1", "localhost", "0.0.0.0"})
  void elsewhere_metrics_are_not_there_without_login(String address) {
    assertThat(metrics(null, address).status()).isEqualTo(404);
  }

  @Test
  void a_header_makes_nobody_local() {
    Answer answer =
        api.call(
            null,
            HttpMethod.GET,
            "/metrics",
            null,
            request ->
                request
                    .remoteAddress("192.0.2.1")
                    .header("X-Forwarded-For", "127.0.0.1")
                    .header("Forwarded", "for=127.0.0.1"));

    assertThat(answer.status()).isEqualTo(404);
  }

  @Test
  void with_the_permission_metrics_are_there_from_anywhere() {
    String tenant = platform.newTenant();
    Set<Permission> others = EnumSet.complementOf(EnumSet.of(Permission.METRICS_READ));

    assertThat(metrics(platform.operator(), "192.0.2.1").status()).isEqualTo(200);
    assertThat(metrics(platform.key(tenant, Set.of(Permission.METRICS_READ)), "192.0.2.1").status())
        .isEqualTo(200);
    assertThat(metrics(platform.key(tenant, others), "192.0.2.1").status()).isEqualTo(403);
    assertThat(metrics(platform.key(tenant, others), "127.0.0.1").status()).isEqualTo(403);
  }

  @Test
  void refused_requests_are_counted_by_code() {
    api.get(null, "/api/v1/tenants");

    assertThat(metrics(null, "127.0.0.1").body())
        .contains("sallyport_web_problems_total{code=\"unauthenticated\"}");
  }

  @Test
  void no_name_of_tenant_or_device_becomes_a_label() {
    Counter.builder("sallyport.test.events")
        .tag("tenant", "acme01")
        .tag("device", "p1")
        .tag("outcome", "stored")
        .register(registry)
        .increment();

    assertThat(metrics(null, "127.0.0.1").body())
        .contains("sallyport_test_events_total{outcome=\"stored\"}")
        .doesNotContain("acme01");
  }
}
