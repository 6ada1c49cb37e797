package io.sallyport.watson.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.BodyBudget;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.watson.testing.WatsonFixture;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;

/** What only a real servlet container shows: raw paths, streamed bodies, empty bodies. */
@SpringBootTest(
    classes = RestTestApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = "server.address=127.0.0.1")
@Import(WatsonRestServerTest.SecureRequests.class)
class WatsonRestServerTest {
  /** As the front does: the request is known to have come over TLS. */
  @TestConfiguration(proxyBeanMethods = false)
  static class SecureRequests {
    @Bean
    FilterRegistrationBean<OncePerRequestFilter> secureRequests() {
      FilterRegistrationBean<OncePerRequestFilter> registration =
          new FilterRegistrationBean<>(new MarkedSecure());
      registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
      return registration;
    }

    /** RepeatedSlashes needs a container that lets empty path segments through to the filters. */
    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> emptySegments() {
      return factory ->
          factory.addServerCustomizers(server -> {
            for (Connector connector : server.getConnectors()) {
              HttpConfiguration configuration =
                  connector
                      .getConnectionFactory(HttpConnectionFactory.class)
                      .getHttpConfiguration();
              configuration.setUriCompliance(
                  UriCompliance.DEFAULT.with(
                      "empty-segments", UriCompliance.Violation.AMBIGUOUS_EMPTY_SEGMENT));
            }
          });
    }
  }

  private static final class MarkedSecure extends OncePerRequestFilter {
    @Override
    protected void doFilterInternal(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws ServletException, IOException {
      chain.doFilter(
          new HttpServletRequestWrapper(request) {
            @Override
            public boolean isSecure() {
              return true;
            }
          },
          response);
    }
  }

  private final String base;
  private final WatsonFixture watson;
  private final BodyBudget bodies;
  private final IssuedApiKey key;

  @Autowired
  WatsonRestServerTest(WatsonFixture watson, BodyBudget bodies, @LocalServerPort int port) {
    this.watson = watson;
    this.bodies = bodies;
    base = "http://127.0.0.1:" + port;
    key = watson.domain.anApiKey(watson.acme, Role.STANDARD_APPLICATION);
  }

  private HttpRequest.Builder request(String path) {
    String credentials = key.key().key() + ":" + key.token().revealText();
    return HttpRequest.newBuilder(URI.create(base + path))
        .header("Content-Type", "application/json")
        .header(
            "Authorization",
            "Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v0002//historian",
        "/api/v0002/historian//types/pump",
        "//api//v0002//historian/"
      })
  void repeated_slashes_count_as_one(String path) throws Exception {
    HttpResponse<String> response = send(request(path).GET());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.body()).startsWith("{\"events\":[");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v0002", "/api/v0002/", "/api/v0002/device/types"})
  void a_get_that_claims_json_and_has_no_body_is_fine(String path) throws Exception {
    assertThat(send(request(path).GET()).statusCode()).isEqualTo(200);
  }

  @Test
  void a_delete_that_claims_json_and_has_no_body_is_fine() throws Exception {
    assertThat(
            send(request("/api/v0002/device/types")
                    .POST(BodyPublishers.ofString("{\"id\":\"gone\"}")))
                .statusCode())
        .isEqualTo(201);
    HttpResponse<String> response = send(request("/api/v0002/device/types/gone").DELETE());
    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void a_streamed_body_of_unknown_length_is_cut_at_the_limit() throws Exception {
    byte[] large = new byte[ApiLogin.BODY_BYTES_MAX + 1];
    HttpResponse<String> response =
        send(
            request("/api/v0002/device/types")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))));
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains("\"exception\"");
  }

  /** What takes the rights of a request away while its body is coming. */
  enum Revocation {
    DEVICE_DISABLED,
    TOKEN_REPLACED,
    KEY_DELETED,
    ROLES_CHANGED,
    TENANT_SUSPENDED;

    boolean ofDevice() {
      return this == DEVICE_DISABLED || this == TOKEN_REPLACED;
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_request_whose_credential_is_revoked_before_its_body_is_whole_is_not_carried_out(
      Revocation revocation) throws Exception {
    Tenant tenant = watson.domain.aTenant("held" + (char) ('a' + revocation.ordinal()) + "1");
    Principal admin = PlatformFixture.anAdministrator(tenant);
    RegisteredDevice pump = watson.domain.aDevice(tenant).ofType("pump").withId("p1").register();
    IssuedApiKey held = watson.domain.anApiKey(tenant, Role.STANDARD_APPLICATION);
    String user = revocation.ofDevice() ? "use-token-auth" : held.key().key();
    String token = (revocation.ofDevice() ? pump.token() : held.token()).revealText();
    String path =
        revocation.ofDevice()
            ? "/api/v0002/device/types/pump/devices/p1/events/late"
            : "/api/v0002/device/types";
    String body = "{\"id\":\"late\"}";
    try (Socket socket = begin(tenant, user, token, path, body.length())) {
      send(socket, body.substring(0, 9));
      await().until(() -> bodies.bytes() > 0);
      switch (revocation) {
        case DEVICE_DISABLED ->
            watson.domain.registry.setEnabled(admin, pump.device().key(), false);
        case TOKEN_REPLACED ->
            watson.domain.registry.replaceToken(admin, pump.device().key(), Optional.empty());
        case KEY_DELETED -> watson.domain.apiKeys.delete(admin, tenant.id(), held.key().key());
        case ROLES_CHANGED ->
            watson.domain.apiKeys.changeRoles(
                admin, tenant.id(), held.key().key(), Set.of(Role.READER.id()));
        case TENANT_SUSPENDED ->
            watson.domain.tenants.suspend(PlatformFixture.OPERATOR, tenant.id());
      }
      send(socket, body.substring(9));

      assertThat(answer(socket)).startsWith("HTTP/1.1 401").contains("CUDSP0401E");
    }
    assertThat(watson.domain.deviceTypeStore.find(tenant.id(), new TypeId("late"))).isEmpty();
    assertThat(watson.history.read(tenant.number(), 0, 9)).isEmpty();
    await().until(() -> bodies.bytes() == 0);
  }

  private Socket begin(Tenant tenant, String user, String token, String path, int length)
      throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), URI.create(base).getPort());
    send(
        socket,
        "POST "
            + path
            + " HTTP/1.1\r\nHost: "
            + tenant.id()
            + "."
            + WatsonFixture.DOMAIN
            + "\r\nConnection: close\r\nAuthorization: Basic "
            + Base64.getEncoder()
                .encodeToString((user + ":" + token).getBytes(StandardCharsets.UTF_8))
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + length
            + "\r\n\r\n");
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  private static String answer(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void an_organization_that_sends_too_much_at_once_is_told_to_try_later() throws Exception {
    Tenant tenant = watson.domain.aTenant("full01");
    IssuedApiKey held = watson.domain.anApiKey(tenant, Role.STANDARD_APPLICATION);
    List<BodyBudget.Lease> leases = new ArrayList<>();
    try {
      for (int size = 1 << 20; size >= 64; size /= 2) {
        BodyBudget.Outcome last;
        do {
          BodyBudget.Lease lease = bodies.lease(PlatformFixture.anAdministrator(tenant));
          leases.add(lease);
          last = lease.read(new ByteArrayInputStream(new byte[size]), -1, 1 << 20);
        } while (last instanceof BodyBudget.Outcome.Whole);
      }
      try (Socket socket =
          begin(
              tenant,
              held.key().key(),
              held.token().revealText(),
              "/api/v0002/device/types",
              ApiLogin.BODY_BYTES_MAX)) {
        send(socket, " ".repeat(8 << 10));
        assertThat(answer(socket))
            .startsWith("HTTP/1.1 503")
            .containsIgnoringCase("retry-after: 1")
            .contains("\"exception\"");
      }
    } finally {
      leases.forEach(BodyBudget.Lease::close);
    }
  }

  @Test
  void a_key_that_may_only_read_cant_begin_to_send_a_large_body() throws Exception {
    IssuedApiKey reader = watson.domain.anApiKey(watson.acme, Role.VISUALIZATION);
    try (Socket socket =
        begin(
            watson.acme,
            reader.key().key(),
            reader.token().revealText(),
            "/api/v0002/device/types",
            ApiLogin.BODY_BYTES_MAX)) {
      assertThat(answer(socket)).startsWith("HTTP/1.1 403").contains("\"refusal\"");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v0002/device/../device/types, 400",
    "GET, /api/v0002/device;x=1/types, 400",
    "TRACE, /api/v0002/device/types, 405"
  })
  void what_the_firewall_refuses_has_the_contracts_form(String method, String path, int status)
      throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), URI.create(base).getPort())) {
      send(
          socket,
          method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      assertThat(answer(socket))
          .startsWith("HTTP/1.1 " + status)
          .contains("\"exception\"")
          .doesNotContain("timestamp");
    }
  }

  @Test
  void the_answer_is_json_whatever_the_client_accepts() throws Exception {
    HttpResponse<String> response =
        send(request("/api/v0002/device/types/none").header("Accept", "text/html").GET());
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.body()).contains("\"exception\"");
  }
}
