package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.identity.Permission;
import io.sallyport.web.Api.Answer;
import io.sallyport.web.Api.Login;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every route of the native API, and the absence of the permission that it needs. */
@ApiTest
final class RouteGuardTest {
  @Autowired private MockMvc mvc;
  @Autowired private TestPlatform platform;

  @Autowired
  @Qualifier("requestMappingHandlerMapping")
  private RequestMappingHandlerMapping routes;

  private Api api;
  private String tenant;

  /**
   * A route.
   *
   * @param permission what it needs; null: operators only
   */
  record Route(
      String method, String pattern, @Nullable String body, @Nullable Permission permission) {
    String path(String tenant) {
      return "/api/v1"
          + pattern
              .replace("{tenant}", tenant)
              .replace("{type}", "pump")
              .replace("{id}", "p1")
              .replace("{number}", "1")
              .replace("{command}", "nonenonenonenonenoneno")
              .replace("{key}", "a-" + tenant + "-abcdefghij");
    }

    @Override
    public String toString() {
      return method + " " + pattern;
    }
  }

  static List<Route> routes() {
    String device = "/tenants/{tenant}/devices/{type}/{id}";
    return List.of(
        new Route("GET", "/tenants", null, null),
        new Route("POST", "/tenants", "{\"name\":\"n\"}", null),
        new Route("GET", "/tenants/{tenant}", null, Permission.TENANT_READ),
        new Route("PATCH", "/tenants/{tenant}", "{\"name\":\"n\"}", Permission.TENANT_MANAGE),
        new Route("DELETE", "/tenants/{tenant}", null, null),
        new Route("GET", "/tenants/{tenant}/device-types", null, Permission.DEVICE_READ),
        new Route(
            "POST", "/tenants/{tenant}/device-types", "{\"id\":\"t\"}", Permission.DEVICE_MANAGE),
        new Route("GET", "/tenants/{tenant}/device-types/{type}", null, Permission.DEVICE_READ),
        new Route("PATCH", "/tenants/{tenant}/device-types/{type}", "{}", Permission.DEVICE_MANAGE),
        new Route(
            "DELETE", "/tenants/{tenant}/device-types/{type}", null, Permission.DEVICE_MANAGE),
        new Route("GET", "/tenants/{tenant}/devices", null, Permission.DEVICE_READ),
        new Route(
            "POST",
            "/tenants/{tenant}/devices",
            "{\"type\":\"pump\",\"id\":\"p9\"}",
            Permission.DEVICE_MANAGE),
        new Route("GET", device, null, Permission.DEVICE_READ),
        new Route("PATCH", device, "{}", Permission.DEVICE_MANAGE),
        new Route("DELETE", device, null, Permission.DEVICE_MANAGE),
        new Route("POST", device + "/credentials", null, Permission.DEVICE_CREDENTIAL),
        new Route("GET", device + "/connection", null, Permission.CONNECTION_READ),
        new Route("GET", device + "/events", null, Permission.EVENT_READ),
        new Route(
            "POST", device + "/events", "{\"name\":\"e\",\"payload\":1}", Permission.EVENT_PUBLISH),
        new Route("GET", device + "/series?path=d.t", null, Permission.EVENT_READ),
        new Route("GET", device + "/commands", null, Permission.COMMAND_READ),
        new Route(
            "POST",
            device + "/commands",
            "{\"name\":\"c\",\"payload\":1}",
            Permission.COMMAND_SEND),
        new Route("GET", "/tenants/{tenant}/commands/{command}", null, Permission.COMMAND_READ),
        new Route("GET", "/tenants/{tenant}/api-keys", null, Permission.API_KEY_READ),
        new Route(
            "POST", "/tenants/{tenant}/api-keys", "{\"roles\":[]}", Permission.API_KEY_MANAGE),
        new Route("GET", "/tenants/{tenant}/api-keys/{key}", null, Permission.API_KEY_READ),
        new Route(
            "PATCH",
            "/tenants/{tenant}/api-keys/{key}",
            "{\"enabled\":false}",
            Permission.API_KEY_MANAGE),
        new Route("DELETE", "/tenants/{tenant}/api-keys/{key}", null, Permission.API_KEY_MANAGE),
        new Route("GET", "/tenants/{tenant}/audit", null, Permission.AUDIT_READ),
        new Route("GET", "/tenants/{tenant}/audit/verify", null, Permission.AUDIT_READ),
        new Route("GET", "/audit", null, null),
        new Route("GET", "/audit/verify", null, null),
        new Route("POST", "/audit/verify", "{\"checkpoints\":[]}", null),
        new Route("GET", "/hash-keys", null, null),
        new Route("POST", "/hash-keys", null, null),
        new Route("DELETE", "/hash-keys/{number}", null, null),
        new Route("POST", "/backup", null, null));
  }

  static List<Route> tenantRoutes() {
    return routes().stream().filter(route -> route.pattern().contains("{tenant}")).toList();
  }

  /** What belongs to a tenant alone: operators have no right to it (THREATS T45). */
  static List<Route> tenantDataRoutes() {
    return tenantRoutes().stream()
        .filter(route -> !route.pattern().contains("api-keys"))
        .filter(route -> !route.pattern().equals("/tenants/{tenant}"))
        .toList();
  }

  @BeforeEach
  void setUp() {
    api = new Api(mvc);
    tenant = platform.newTenant();
    platform.device(tenant, "pump", "p1");
  }

  private Answer call(@Nullable Login login, Route route, String tenantId) {
    return api.call(
        login,
        HttpMethod.valueOf(route.method()),
        route.path(tenantId),
        route.body(),
        request -> {});
  }

  @Test
  void the_table_names_every_route() {
    Set<String> mapped =
        routes.getHandlerMethods().keySet().stream()
            .flatMap(info ->
                info.getPatternValues().stream()
                    .filter(pattern -> pattern.startsWith("/api/v1"))
                    .flatMap(pattern ->
                        info.getMethodsCondition().getMethods().stream()
                            .map(method -> method + " " + pattern)))
            .collect(Collectors.toCollection(TreeSet::new));
    mapped.remove("GET /api/v1/refusals/{refusal}"); // has its own test

    assertThat(
            routes().stream()
                .map(r -> r.method() + " /api/v1" + r.pattern().replaceAll("\\?.*", "")))
        .containsExactlyInAnyOrderElementsOf(mapped);
  }

  @ParameterizedTest
  @MethodSource("routes")
  void without_credential_every_route_answers_401(Route route) {
    Answer answer = call(null, route, tenant);

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.code()).isEqualTo("unauthenticated");
    assertThat(answer.header("WWW-Authenticate")).startsWith("Basic ");
    assertThat(answer.text("refusal")).hasSize(22);
  }

  @ParameterizedTest
  @MethodSource("routes")
  void a_wrong_token_is_refused_everywhere(Route route) {
    Login right = platform.administrator(tenant);

    Answer answer = call(new Login(right.key(), "wrong"), route, tenant);

    assertThat(answer.status()).isEqualTo(401);
  }

  @ParameterizedTest
  @MethodSource("routes")
  void over_plain_http_nothing_is_served(Route route) {
    Answer answer =
        api.call(
            platform.administrator(tenant),
            HttpMethod.valueOf(route.method()),
            route.path(tenant),
            route.body(),
            request -> request.secure(false));

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.code()).isEqualTo("tls-required");
  }

  @ParameterizedTest
  @MethodSource("routes")
  void all_permissions_but_the_one_needed_are_not_enough(Route route) {
    Set<Permission> others = EnumSet.allOf(Permission.class);
    if (route.permission() != null) {
      others.remove(route.permission());
    }

    Answer answer = call(platform.key(tenant, others), route, tenant);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.code()).isEqualTo("forbidden");
    assertThat(answer.text("refusal")).hasSize(22);
  }

  @ParameterizedTest
  @MethodSource("tenantRoutes")
  void another_tenant_looks_like_none(Route route) {
    Login stranger = platform.administrator(platform.newTenant());

    Answer foreign = call(stranger, route, tenant);
    Answer unknown = call(stranger, route, "zzzzzz");

    assertThat(foreign.status()).isEqualTo(404);
    assertThat(foreign.code()).isEqualTo("not-found");
    assertThat(foreign.body().replaceAll("\"refusal\":\"[^\"]*\"", ""))
        .isEqualTo(unknown.body().replaceAll("\"refusal\":\"[^\"]*\"", ""));
    assertThat(foreign.response().getHeaderNames()).isEqualTo(unknown.response().getHeaderNames());
  }

  @ParameterizedTest
  @MethodSource("tenantDataRoutes")
  void an_operator_has_no_right_to_tenant_data(Route route) {
    Answer answer = call(platform.operator(), route, tenant);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.code()).isEqualTo("forbidden");
  }

  @ParameterizedTest
  @MethodSource("routes")
  void what_is_answered_is_never_stored_nor_sniffed(Route route) {
    Answer answer = call(platform.administrator(tenant), route, tenant);

    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.header("Set-Cookie")).isNull();
  }

  @ParameterizedTest
  @MethodSource("routes")
  void a_browser_of_another_site_writes_nothing(Route route) {
    for (String[] header :
        new String[][] {
          {"Origin", "https://evil.example"},
          {"Origin", "null"},
          {"Sec-Fetch-Site", "cross-site"},
          {"Sec-Fetch-Site", "same-site"}
        }) {
      Answer answer =
          api.call(
              platform.administrator(tenant),
              HttpMethod.valueOf(route.method()),
              route.path(tenant),
              route.body(),
              request -> request.header(header[0], header[1]));

      assertThat(answer.code().equals("foreign-origin")).isEqualTo(!route.method().equals("GET"));
    }
  }
}
