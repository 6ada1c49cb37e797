package io.sallyport.web.hop;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.listen.TestCertificates;
import io.sallyport.web.hop.RawHttp.Answer;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request shows of the client behind the hop. */
class InnerHopPeerTest extends RunningHop {
  @Test
  void plain_request_shows_the_clients_address_and_is_not_secure() throws IOException {
    try (RawHttp client = hop.plain()) {
      String seen = client.get("/whoami").body();

      assertThat(seen)
          .contains(
              "\"remote\":\"127.0.0.1:" + client.socket().getLocalPort() + "\"",
              "\"local\":\"127.0.0.1:" + client.socket().getPort() + "\"",
              "\"scheme\":\"http\"",
              "\"secure\":\"false\"",
              "\"listener\":\"http\"",
              "\"url\":\"http://door.example:8443/whoami\"",
              "\"virtual\":\"true\"");
    }
  }

  @Test
  void tls_request_is_secure_and_carries_the_unverified_chain_only_in_the_record()
      throws Exception {
    TestCertificates.Identity device = TestCertificates.chain("dev1", 2);
    try (RawHttp client = hop.tls("https", Optional.of(device))) {
      String seen = client.get("/whoami").body();

      assertThat(seen)
          .contains(
              "\"remote\":\"127.0.0.1:" + client.socket().getLocalPort() + "\"",
              "\"scheme\":\"https\"",
              "\"secure\":\"true\"",
              "\"tls\":\"TLSv1.3\"",
              "\"url\":\"https://door.example:8443/whoami\"",
              "\"chain\":\"2\"",
              "\"x509\":\"null\"");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Proto: https",
        "X-Forwarded-For: 9.9.9.9",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Port: 443",
        "X-Forwarded-Ssl: on",
        "X-Forwarded-Client-Cert: abc",
        "Forwarded: for=9.9.9.9;proto=https;host=evil.example",
        "X-Real-IP: 9.9.9.9",
        "Client-Cert: :abc:",
        "Client-Cert-Chain: :abc:",
        "SSL_CLIENT_CERT: abc",
        "SSL-Client-Cert: abc",
        "X-SSL-Client-Cert: abc",
        "X-Client-Cert: abc",
        "X-ARR-ClientCert: abc",
        "x-forwarded-PROTO: https",
      })
  void headers_that_claim_another_peer_are_removed(String header) throws IOException {
    try (RawHttp client = hop.plain()) {
      String seen = client.get("/whoami", header, "X-Kept: yes").body();

      assertThat(seen)
          .contains(
              "\"headers\":\"Host,X-Kept\"",
              "\"remote\":\"127.0.0.1:" + client.socket().getLocalPort() + "\"",
              "\"url\":\"http://door.example:8443/whoami\"",
              "\"secure\":\"false\"");
    }
  }

  @Test
  void absolute_request_target_does_not_make_a_plain_connection_secure() throws IOException {
    try (RawHttp client = hop.plain()) {
      client.send(RawHttp.request("GET", "https://door.example:8443/whoami"));

      assertThat(client.answer().body())
          .contains("\"scheme\":\"http\"", "\"secure\":\"false\"", "\"url\":\"http://");
    }
  }

  @Test
  void redirects_are_absolute_with_the_host_sent_and_the_true_scheme() throws Exception {
    try (RawHttp plain = hop.plain();
        RawHttp tls = hop.tls("https")) {
      assertThat(plain.get("/redirect").head())
          .contains("\r\nLocation: http://door.example:8443/there\r\n");
      assertThat(tls.get("/redirect").head())
          .contains("\r\nLocation: https://door.example:8443/there\r\n");
    }
  }

  @Test
  void session_cookie_is_secure_over_tls_and_only_there() throws Exception {
    try (RawHttp plain = hop.plain();
        RawHttp tls = hop.tls("https")) {
      assertThat(plain.get("/session", "X-Forwarded-Proto: https").head())
          .contains("Set-Cookie")
          .doesNotContain("Secure");
      assertThat(tls.get("/session").head()).contains("Set-Cookie").contains("Secure");
    }
  }

  @Test
  void each_connection_shows_its_own_record_and_kept_alive_ones_keep_it() throws Exception {
    TestCertificates.Identity device = TestCertificates.ec("dev1");
    for (int i = 0; i < 20; i++) {
      try (RawHttp tls = hop.tls("https", Optional.of(device));
          RawHttp plain = hop.plain()) {
        for (int request = 0; request < 3; request++) {
          assertThat(tls.get("/whoami").body())
              .contains(
                  "\"chain\":\"1\"",
                  "\"remote\":\"127.0.0.1:" + tls.socket().getLocalPort() + "\"");
          assertThat(plain.get("/whoami").body())
              .contains(
                  "\"chain\":\"0\"",
                  "\"secure\":\"false\"",
                  "\"remote\":\"127.0.0.1:" + plain.socket().getLocalPort() + "\"");
        }
      }
    }
  }

  // What the messaging listener serves.

  @Test
  void messaging_listener_serves_messaging_and_nothing_else_at_any_request() throws Exception {
    String event = "/api/v0002/device/types/t/devices/d/events/e";
    try (RawHttp client = hop.tls("mqtts")) {
      assertThat(post(client, event).status()).isEqualTo(200);
      Answer refused = client.get("/whoami");
      assertThat(refused.status()).isEqualTo(404);
      assertThat(refused.head()).contains("Content-Type: application/problem+json");
      assertThat(refused.body()).contains("\"status\":404");
      assertThat(post(client, event).status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/",
    "GET,/whoami",
    "GET,/api/v0002/device/types",
    "POST,/api/v0002/device/types",
    "GET,/api/v0002/device/types/t/devices/d/events/e",
    "POST,/api/v0002/device/types/t/devices",
    "POST,/api/v0002/bulk/devices/add",
    "POST,/api/v0002/device/types/t/devices/d/events/e/../../../../../../../../../upload",
    "POST,/api/v0002/device/types/t/devices/d/events/..;/upload",
    "POST,/upload;/api/v0002/device/types/t/devices/d/events/e",
    "POST,//api/v0002/device/types/t/devices/d/events/e/x",
  })
  void messaging_listener_refuses(String method, String path) throws Exception {
    long before = hop.probe.received.get();
    try (RawHttp client = hop.tls("mqtts")) {
      client.send(RawHttp.request(method, path, "Content-Length: 0"));

      assertThat(client.answer().status()).isIn(404, 400);
      assertThat(hop.probe.received.get()).isEqualTo(before);
    }
  }

  @Test
  void other_listeners_serve_every_path() throws Exception {
    try (RawHttp client = hop.tls("https")) {
      assertThat(client.get("/whoami").status()).isEqualTo(200);
    }
  }

  private static Answer post(RawHttp client, String path) throws IOException {
    client.send(RawHttp.request("POST", path, "Content-Length: 2") + "{}");
    return client.answer();
  }
}
