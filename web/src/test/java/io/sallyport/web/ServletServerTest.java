package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.web.Api.Login;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
