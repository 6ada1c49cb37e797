package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.IssuedOperatorKey;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.telemetry.BodyBudget;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.web.Api.Login;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;

/** The application in a real servlet container, for what a simulated one does not do. */
@SpringBootTest(
    classes = ServletServerTest.SecureServer.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {"spring.main.banner-mode=off", "server.address=127.0.0.1"})
@ContextConfiguration(initializers = ConfiguredProperties.Default.class)
final class ServletServerTest {

  /** A connector that says that its requests came over TLS, as the front's does. */
  @Configuration(proxyBeanMethods = false)
  @Import(TestApplication.class)
  static class SecureServer {
    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> secure() {
      return factory ->
          factory.addServerCustomizers(server -> {
            for (Connector connector : server.getConnectors()) {
              connector
                  .getConnectionFactory(HttpConnectionFactory.class)
                  .getHttpConfiguration()
                  .addCustomizer((request, headers) -> new SecureRequest(request));
            }
          });
    }
  }

  private static final class SecureRequest extends Request.Wrapper {
    SecureRequest(Request request) {
      super(request);
    }

    @Override
    public boolean isSecure() {
      return true;
    }
  }

  @Autowired private TestPlatform platform;
  @Autowired private BodyBudget bodies;
  @LocalServerPort private int port;

  private Login admin;
  private String tenant;

  @BeforeEach
  void setUp() {
    tenant = platform.newTenant();
    admin = platform.administrator(tenant);
    platform.device(tenant, "pump", "p1");
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          request
              .uri(URI.create("http://127.0.0.1:" + port + path))
              .header("Authorization", admin.header())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void a_request_is_served_and_sets_no_cookie() throws Exception {
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder(), "/api/v1/tenants/" + tenant + "/devices/pump/p1");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(answer.headers().firstValue("Server")).isEmpty();
  }

  @Test
  void errors_are_problems_here_too() throws Exception {
    HttpResponse<String> unknown = send(HttpRequest.newBuilder(), "/api/v1/nothing");
    HttpResponse<String> put =
        send(
            HttpRequest.newBuilder().PUT(HttpRequest.BodyPublishers.ofString("{}")),
            "/api/v1/tenants");

    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(put.statusCode()).isEqualTo(405);
    assertThat(put.body()).contains("method-not-allowed");
  }

  @Test
  void a_body_of_unknown_length_is_cut_at_its_limit() throws Exception {
    byte[] large = new byte[3 << 20];
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(large))),
            "/api/v1/tenants/" + tenant + "/devices");

    assertThat(answer.statusCode()).isEqualTo(413);
  }

  /** What takes the rights of a request away while its body is coming. */
  enum Revocation {
    KEY_DELETED,
    KEY_DISABLED,
    ROLES_CHANGED,
    TENANT_SUSPENDED,
    OPERATOR_KEY_DELETED
  }

  @ParameterizedTest
  @EnumSource
  void a_request_whose_credential_is_revoked_before_its_body_is_whole_is_not_carried_out(
      Revocation revocation) throws Exception {
    PlatformFixture fixture = platform.fixture;
    Tenant of = fixture.tenants.get(PlatformFixture.OPERATOR, new TenantId(tenant));
    Principal admin = PlatformFixture.anAdministrator(of);
    IssuedApiKey key = fixture.anApiKey(of, Role.ADMINISTRATOR);
    IssuedOperatorKey operator = fixture.operatorKeys.create(PlatformFixture.OPERATOR);
    boolean ofOperator = revocation == Revocation.OPERATOR_KEY_DELETED;
    Login login =
        ofOperator
            ? new Login(operator.key().key(), operator.token().revealText())
            : new Login(key.key().key(), key.token().revealText());
    String late = platform.unusedTenantId();
    String path = ofOperator ? "/api/v1/tenants" : "/api/v1/tenants/" + tenant + "/devices";
    String body =
        ofOperator
            ? "{\"id\":\"" + late + "\",\"name\":\"L\"}"
            : "{\"type\":\"pump\",\"id\":\"" + late + "\"}";
    long before = bodies.bytes();
    try (Socket socket = begin(login, path, body.length())) {
      send(socket, body.substring(0, 9));
      await().until(() -> bodies.bytes() > before);
      switch (revocation) {
        case KEY_DELETED -> fixture.apiKeys.delete(admin, of.id(), key.key().key());
        case KEY_DISABLED -> fixture.apiKeys.setEnabled(admin, of.id(), key.key().key(), false);
        case ROLES_CHANGED ->
            fixture.apiKeys.changeRoles(admin, of.id(), key.key().key(), Set.of(Role.READER.id()));
        case TENANT_SUSPENDED -> fixture.tenants.suspend(PlatformFixture.OPERATOR, of.id());
        case OPERATOR_KEY_DELETED ->
            fixture.operatorKeys.delete(PlatformFixture.OPERATOR, operator.key().key());
      }
      send(socket, body.substring(9));

      assertThat(answer(socket))
          .startsWith("HTTP/1.1 401")
          .contains("application/problem+json", "unauthenticated");
    }
    assertThat(fixture.deviceStore.find(DeviceKey.of(tenant, "pump", late))).isEmpty();
    assertThat(fixture.tenantStore.find(new TenantId(late))).isEmpty();
    await().until(() -> bodies.bytes() == before);
  }

  private Socket begin(Login login, String path, int length) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    send(
        socket,
        "POST "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: "
            + login.header()
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
  void a_tenant_that_sends_too_much_at_once_is_told_to_try_later_and_others_are_served()
      throws Exception {
    Principal.OfTenant sender =
        PlatformFixture.anAdministrator(
            platform.fixture.tenants.get(PlatformFixture.OPERATOR, new TenantId(tenant)));
    List<BodyBudget.Lease> held = new ArrayList<>();
    try {
      for (int size = 1 << 20; size >= 64; size /= 2) {
        BodyBudget.Outcome last;
        do {
          BodyBudget.Lease lease = bodies.lease(sender);
          held.add(lease);
          last = lease.read(new ByteArrayInputStream(new byte[size]), -1, 1 << 20);
        } while (last instanceof BodyBudget.Outcome.Whole);
      }
      String body = "{\"type\":\"pump\",\"id\":\"p2\"" + " ".repeat(1 << 19) + "}";

      try (Socket socket = begin(admin, "/api/v1/tenants/" + tenant + "/devices", body.length())) {
        send(socket, body.substring(0, 8 << 10));
        assertThat(answer(socket))
            .startsWith("HTTP/1.1 503")
            .containsIgnoringCase("retry-after: 1")
            .containsIgnoringCase("connection: close");
      }
      String other = platform.newTenant();
      platform.type(other, "pump");
      String path = "/api/v1/tenants/" + other + "/devices";
      try (Socket socket = begin(platform.administrator(other), path, body.length())) {
        send(socket, body);
        assertThat(answer(socket)).startsWith("HTTP/1.1 201");
      }
    } finally {
      held.forEach(BodyBudget.Lease::close);
    }
  }

  @Test
  void a_key_that_may_only_read_cant_begin_to_send_a_large_body() throws Exception {
    Login reader = platform.key(tenant, Role.READER.permissions());
    try (Socket socket = begin(reader, "/api/v1/tenants/" + tenant + "/devices", 1 << 19)) {
      assertThat(answer(socket)).startsWith("HTTP/1.1 403").contains("forbidden");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/tenants/evil99/../acme01/devices, 400, invalid",
    "GET, /api/v1/tenants;x=1, 400, invalid",
    "TRACE, /api/v1/tenants, 405, method-not-allowed"
  })
  void what_the_firewall_refuses_is_a_problem_too(
      String method, String path, int status, String code) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      send(
          socket,
          method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

      assertThat(answer(socket))
          .startsWith("HTTP/1.1 " + status)
          .contains("application/problem+json", "\"code\":\"" + code + "\"")
          .doesNotContain("timestamp");
    }
  }

  @Test
  void a_path_that_tries_to_climb_reaches_nothing() throws IOException, InterruptedException {
    for (String path :
        new String[] {
          "/api/v1/tenants/%2e%2e/audit",
          "/api/v1/tenants/..%2f..%2faudit",
          "/api/v1//tenants",
          "/api/v1/tenants;x=1",
          "/%61pi/v1/tenants/..;/audit"
        }) {
      try (HttpClient client = HttpClient.newHttpClient()) {
        HttpResponse<String> answer =
            client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).as(path).isIn(400, 401, 404);
      }
    }
  }
}
