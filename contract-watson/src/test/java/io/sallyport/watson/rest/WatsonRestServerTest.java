package io.sallyport.watson.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Role;
import io.sallyport.watson.testing.WatsonFixture;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
  private final IssuedApiKey key;

  @Autowired
  WatsonRestServerTest(WatsonFixture watson, @LocalServerPort int port) {
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

  @Test
  void the_answer_is_json_whatever_the_client_accepts() throws Exception {
    HttpResponse<String> response =
        send(request("/api/v0002/device/types/none").header("Accept", "text/html").GET());
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.body()).contains("\"exception\"");
  }
}
