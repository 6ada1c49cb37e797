package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Bytes;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Published;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bad input of every kind: the contract's error, a counter, the connection handled as the contract
 * says. A well-behaved device and an application are connected throughout and lose nothing.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
  private static final int PAYLOAD_BYTES_MAX = 131_072;
  private static final String EVENT = "iot-2/evt/e/fmt/json";

  private RunningServer server;
  private RawMqttClient good;
  private RawMqttClient application;
  private int sent;

  @BeforeAll
  void start(@TempDir Path folder) {
    server = RunningServer.in(folder);
    good = server.raw();
    good.login(device("p2", "token-of-pump-two"));
    application = server.raw();
    application.login(
        new Connect("a:acme01:good").login(RunningServer.APP_KEY, RunningServer.APP_TOKEN));
    assertThat(application.subscribe(1, 1, "iot-2/type/pump/id/p2/evt/+/fmt/+")).isEqualTo("01");
  }

  @AfterAll
  void stop() {
    good.close();
    application.close();
    server.close();
  }

  /** Before and after each attack, on the same two connections. */
  @BeforeEach
  @AfterEach
  void the_well_behaved_lose_nothing() {
    int number = ++sent;
    good.sendPublish("iot-2/evt/good/fmt/json", "{\"n\":" + number + "}", 1, number);
    assertThat(good.expectAck(RawMqttClient.PUBACK)).isEqualTo(number);
    Published seen = application.expectPublish();
    assertThat(seen.payload()).isEqualTo("{\"n\":" + number + "}");
    application.sendAck(RawMqttClient.PUBACK, seen.packetId());
    assertThat(server.app().get("/ready").statusCode()).isEqualTo(200);
  }

  private static Connect device(String id, String token) {
    return new Connect("d:acme01:pump:" + id).login("use-token-auth", token);
  }

  private RawMqttClient attacker() {
    RawMqttClient client = server.raw();
    client.login(device("p1", "token-of-pump-one"));
    return client;
  }

  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{[^}]*})? ([0-9.eE+]+)");

  /** The sum of all series of that metric whose line contains the text. */
  private double metric(String name, String label) {
    RawHttps.Answer answer =
        RawHttps.exchange(
            server.socket(server.https()),
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer
        .body()
        .lines()
        .filter(line -> line.startsWith(name) && line.contains(label))
        .mapToDouble(BadInputTest::value)
        .sum();
  }

  private static double value(String line) {
    Matcher sample = SAMPLE.matcher(line);
    return sample.matches() ? Double.parseDouble(sample.group(2)) : 0;
  }

  // ---- MQTT

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "length of five bytes,           30 FFFFFFFF7F",
    "reserved type 0,                00 00",
    "reserved type 15,               F0 00",
    "a second CONNECT,               10 10 0004 4D515454 04 02 003C 0004 61626364",
    "CONNACK from a client,          20 02 0000",
    "SUBACK from a client,           90 03 0001 00",
    "PINGREQ with a body,            C0 01 00",
    "PINGREQ with flags,             C1 00",
    "DISCONNECT with a body,         E0 01 00",
    "SUBSCRIBE with wrong flags,     80 08 0001 0003 612F62 00",
    "SUBSCRIBE without a filter,     82 02 0001",
    "SUBSCRIBE with id 0,            82 08 0000 0003 612F62 00",
    "SUBSCRIBE with QoS 3,           82 08 0001 0003 612F62 03",
    "SUBSCRIBE to an empty filter,   82 05 0001 0000 00",
    "SUBSCRIBE with # in the middle, 82 0A 0001 0005 612F232F62 00",
    "SUBSCRIBE with + in a level,    82 08 0001 0003 612B62 00",
    "UNSUBSCRIBE without a filter,   A2 02 0001",
    "PUBLISH with QoS 3,             36 07 0003 612F62 0001",
    "PUBLISH with id 0,              32 07 0003 612F62 0000",
    "PUBLISH without an id,          32 05 0003 612F62",
    "PUBLISH with a long topic,      30 05 00FF 612F62",
    "PUBLISH with an empty topic,    30 02 0000",
    "PUBLISH with + in its topic,    30 05 0003 612F2B",
    "PUBLISH with # in its topic,    30 05 0003 612F23",
    "PUBLISH with NUL in its topic,  30 05 0003 610062",
    "PUBLISH with cut UTF-8,         30 05 0003 6162C3",
    "PUBLISH with overlong UTF-8,    30 04 0002 C0AF",
    "PUBLISH with a surrogate,       30 05 0003 EDA080",
    "PUBREL with wrong flags,        60 02 0001",
    "PUBACK that is too short,       40 01 00",
    "HTTP after the login,           47455420 2F20485454502F312E31 0D0A0D0A"
  })
  void a_malformed_packet_closes_the_connection_and_is_counted(String what, String hex) {
    double before = metric("mqtt_connections_closed_total", "reason=");
    try (RawMqttClient client = attacker()) {
      client.sendHex(hex);
      client.expectClosed();
    }
    assertThat(metric("mqtt_connections_closed_total", "reason=")).as(what).isGreaterThan(before);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "no CONNECT first,        C0 00",
    "PUBLISH first,           30 07 0003 612F62 7B7D",
    "another protocol,        10 10 0004 4D514141 04 02 003C 0004 61626364",
    "reserved flag,           10 10 0004 4D515454 04 03 003C 0004 61626364",
    "password without user,   10 12 0004 4D515454 04 42 003C 0004 61626364 0000",
    "will QoS 3,              10 10 0004 4D515454 04 1E 003C 0004 61626364",
    "cut off,                 10 05 0004 4D5154",
    "bytes after its end,     10 12 0004 4D515454 04 02 003C 0004 61626364 0000",
    "bad UTF-8 client id,     10 0E 0004 4D515454 04 02 003C 0002 C0AF"
  })
  void a_malformed_first_packet_is_closed(String what, String hex) {
    try (RawMqttClient client = server.raw()) {
      client.sendHex(hex);
      try {
        client.expectClosed();
      } catch (AssertionError answered) {
        throw new AssertionError(what, answered);
      }
    }
  }

  @Test
  void an_unknown_protocol_level_is_answered_with_code_1() {
    try (RawMqttClient client = server.raw()) {
      client.send(device("p1", "token-of-pump-one").protocol("MQTT", 9).bytes());
      assertThat(client.expectConnAck()).isEqualTo(1);
      client.expectClosed();
    }
  }

  @Test
  void a_first_packet_of_many_bytes_is_not_read() {
    try (RawMqttClient client = server.raw()) {
      client.sendHex("10 FFFFFF7F 0004 4D515454 04 02 003C");
      client.expectClosed();
    }
  }

  @Test
  void the_largest_payload_passes_and_one_byte_more_closes_with_287() {
    try (RawMqttClient watcher = server.raw()) {
      watcher.login(
          new Connect("a:acme01:sizes").login(RunningServer.APP_KEY, RunningServer.APP_TOKEN));
      try (RawMqttClient client = attacker()) {
        assertThat(watcher.subscribe(1, 0, "iot-2/type/pump/id/p1/mon")).isEqualTo("00");
        assertThat(watcher.expectPublish().payload()).contains("\"Action\":\"Connect\"");
        client.sendPublish(EVENT, "x".repeat(PAYLOAD_BYTES_MAX), 1, 1);
        assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
        client.sendPublish(EVENT, "x".repeat(PAYLOAD_BYTES_MAX + 1), 1, 2);
        client.expectClosed();
      }
      assertThat(watcher.expectPublish().payload())
          .contains("\"Action\":\"Disconnect\"", "\"CloseCode\":287");
    }
    HttpResponse<String> stored =
        server.app().get("/api/v1/tenants/acme01/devices/pump/p1/events?limit=10");
    assertThat(stored.statusCode()).isEqualTo(200);
    assertThat(stored.body()).doesNotContain("x".repeat(PAYLOAD_BYTES_MAX + 1));
  }

  /** Any bytes are a payload: what is not JSON is kept and not shown as JSON. */
  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":", "nonsense", "", "{\"a\":1}{\"b\":2}", "[[[[[[", "\u0000"})
  void an_event_that_is_no_json_is_stored_and_not_in_the_history_of_json(String payload) {
    try (RawMqttClient client = attacker()) {
      client.sendPublish("iot-2/evt/odd/fmt/json", payload, 1, 1);
      assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
    }
    HttpResponse<String> history =
        server.app().get("/api/v0002/historian/types/pump/devices/p1?evt_type=odd");
    assertThat(history.statusCode()).as(history.body()).isEqualTo(200);
    assertThat(server.app().json(history).path("events").size()).isZero();
  }

  @Test
  void a_payload_of_invalid_utf_8_comes_back_as_it_was() {
    byte[] payload = {(byte) 0xFF, (byte) 0xFE, 0, (byte) 0xC0};
    Bytes packet = new Bytes().text("iot-2/evt/raw/fmt/bin").u16(1).raw(payload);
    try (RawMqttClient client = attacker()) {
      client.send(RawMqttClient.packet(0x32, packet));
      assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
    }
    assertThat(server.app().get("/api/v1/tenants/acme01/devices/pump/p1/events?name=raw").body())
        .contains("//4AwA==");
  }

  @Test
  void too_many_subscriptions_close_with_154() {
    try (RawMqttClient watcher = server.raw()) {
      watcher.login(
          new Connect("a:acme01:subs").login(RunningServer.APP_KEY, RunningServer.APP_TOKEN));
      try (RawMqttClient client = attacker()) {
        assertThat(watcher.subscribe(1, 0, "iot-2/type/pump/id/p1/mon")).isEqualTo("00");
        assertThat(watcher.expectPublish().payload()).contains("\"Action\":\"Connect\"");
        for (int i = 1; i <= 50; i++) {
          assertThat(client.subscribe(i, 0, "iot-2/cmd/c" + i + "/fmt/json")).isEqualTo("00");
        }
        client.sendSubscribe(51, 0, "iot-2/cmd/c51/fmt/json");
        client.expectClosed();
      }
      assertThat(watcher.expectPublish().payload()).contains("\"CloseCode\":154");
    }
  }

  // ---- what else comes to the ports

  @Test
  void mqtt_is_served_on_the_https_port_too() {
    try (RawMqttClient client = new RawMqttClient(server.socket(server.https()))) {
      client.login(device("p1", "token-of-pump-one"));
      client.sendPublish(EVENT, "{}", 1, 1);
      assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/health",
        "/ready",
        "/metrics",
        "/api/v0002/",
        "/api/v0002/device/types",
        "/api/v1/tenants/acme01",
        "/api/v0002//device/types",
        "/api/v1//tenants"
      })
  void the_mqtt_port_serves_messaging_over_http_only(String path) {
    RawHttps.Answer answer =
        RawHttps.exchange(
            server.socket(server.mqtts()),
            "GET",
            path,
            "localhost",
            RawHttps.basic(RunningServer.ADMIN_KEY, RunningServer.ADMIN_TOKEN),
            "");
    assertThat(answer.status()).as(answer.body()).isEqualTo(404);
  }

  @Test
  void plain_text_on_a_tls_port_gets_nothing() throws IOException {
    byte[] connect = device("p1", "token-of-pump-one").bytes();
    for (int port : new int[] {server.mqtts(), server.https()}) {
      for (byte[] first :
          List.of(
              connect,
              "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII),
              HexFormat.of().parseHex("1603010005010000010000"))) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
          socket.setSoTimeout(15_000);
          socket.getOutputStream().write(first);
          String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
          // At most a TLS alert (type 21).
          assertThat(answer).doesNotContain("HTTP").matches("(?s)|\\x15.*");
        } catch (SocketException reset) {
          assertThat(reset).hasMessageContaining("reset");
        }
      }
    }
  }

  @Test
  void nonsense_after_the_handshake_is_closed() {
    for (String hex : List.of("00", "FFFFFFFFFFFFFFFF", "0D0A0D0A", "50524920")) {
      try (RawMqttClient client = server.raw()) {
        client.sendHex(hex);
        // Some beginnings are taken for HTTP and answered by 400 before the end.
        String answer = rest(client);
        assertThat(answer).as(hex).doesNotContain("200 OK");
      }
    }
  }

  private static String rest(RawMqttClient client) {
    StringBuilder read = new StringBuilder();
    try {
      while (read.length() < 10_000) {
        read.append(client.read().hex());
      }
    } catch (UncheckedIOException end) {
      assertThat(end.getCause()).isNotInstanceOf(SocketTimeoutException.class);
    }
    return read.toString();
  }

  @Test
  void a_head_that_dribbles_in_is_served_and_one_that_never_ends_is_refused() throws Exception {
    String login = RawHttps.basic(RunningServer.APP_KEY, RunningServer.APP_TOKEN);
    String head =
        "GET /api/v0002/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
            + login
            + "\r\nConnection: close\r\n\r\n";
    try (Socket socket = server.socket(server.https())) {
      for (byte each : head.getBytes(US_ASCII)) {
        socket.getOutputStream().write(each);
        socket.getOutputStream().flush();
        TimeUnit.MILLISECONDS.sleep(2);
      }
      assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 200");
    }
    RawHttps.Answer endless =
        RawHttps.exchange(
            server.socket(server.https()),
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(20_000) + "\r\n\r\n");
    assertThat(endless.status()).as(endless.body()).isIn(0, 400, 431);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /\u0001 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: zeta02.localhost\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : localhost\r\nConnection: close\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked"
            + "\r\nConnection: close\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close"
            + "\r\n\r\nZZ\r\n"
      })
  void malformed_http_is_refused(String request) {
    RawHttps.Answer answer = RawHttps.exchange(server.socket(server.https()), request);
    assertThat(answer.status()).as(answer.body()).isIn(0, 400, 401, 404, 505);
    assertThat(answer.body()).doesNotContain("Exception");
  }

  // ---- REST

  @ParameterizedTest(name = "{0} {1} {2} is {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0007',
      value = {
        "POST | /api/v0002/device/types | {\"id\":\"x\" | 400",
        "POST | /api/v0002/device/types | [] | 400",
        "POST | /api/v0002/device/types | null | 400",
        "POST | /api/v0002/device/types | {} | 400",
        "POST | /api/v0002/device/types | {\"id\":7} | 400",
        "POST | /api/v0002/device/types | {\"id\":\"x y\"} | 400",
        "POST | /api/v0002/device/types | {\"id\":\"x\",\"id\":\"y\"} | 400",
        "POST | /api/v0002/device/types | {\"id\":\"x\",\"more\":1} | 400",
        "POST | /api/v0002/device/types | {\"id\":\"x\",\"classId\":\"Toaster\"} | 400",
        "POST | /api/v0002/device/types | {\"id\":\"pump\"} | 409",
        "POST | /api/v0002/device/types/pump/devices | {\"deviceId\":\"p1\"} | 409",
        "POST | /api/v0002/device/types/pump/devices | {\"deviceId\":\"a/b\"} | 400",
        "POST | /api/v0002/device/types/pump/devices | {\"deviceId\":\"x\",\"authToken\":\"a\"} | 400",
        "POST | /api/v0002/device/types/nosuch/devices | {\"deviceId\":\"x\"} | 404",
        "PUT | /api/v0002/device/types/pump/devices/p1 | {\"deviceInfo\":7} | 400",
        "PUT | /api/v0002/device/types/pump/devices/nosuch | {} | 404",
        "DELETE | /api/v0002/device/types/pump/devices/nosuch | | 404",
        "DELETE | /api/v0002/device/types/pump | | 409",
        "GET | /api/v0002/device/types?_limit=101 | | 400",
        "GET | /api/v0002/device/types?_limit=0 | | 400",
        "GET | /api/v0002/device/types?_limit=99999999999999 | | 400",
        "GET | /api/v0002/device/types?_limit=x | | 400",
        "GET | /api/v0002/device/types?_bookmark=AAAA | | 400",
        "GET | /api/v0002/device/types/pump/devices?_sort=secret | | 400",
        "GET | /api/v0002/historian?top=101 | | 400",
        "GET | /api/v0002/historian?start=-1 | | 400",
        "GET | /api/v0002/nosuch | | 404",
        "PATCH | /api/v0002/device/types/pump | {} | 404",
        "POST | /api/v1/tenants/acme01/devices | {\"type\":\"pump\",\"id\":\"p1\"} | 409",
        "POST | /api/v1/tenants/acme01/devices | {\"type\":\"nosuch\",\"id\":\"x\"} | 400",
        "POST | /api/v1/tenants/acme01/devices | {\"type\":7,\"id\":\"x\"} | 400",
        "POST | /api/v1/tenants/acme01/devices | {\"type\":\"pump\" | 400",
        "POST | /api/v1/tenants/acme01/devices | {\"type\":\"pump\",\"id\":\"x\",\"more\":1} | 400",
        "POST | /api/v1/tenants/acme01/device-types | {\"id\":\"pump\",\"class\":\"device\"} | 409",
        "GET | /api/v1/tenants/acme01/devices?limit=1001 | | 400",
        "GET | /api/v1/tenants/acme01/devices?limit=-5 | | 400",
        "GET | /api/v1/tenants/acme01/devices?limit=99999999999 | | 400",
        "GET | /api/v1/tenants/acme01/devices?next=AAAA | | 400",
        "GET | /api/v1/tenants/acme01/devices?sort=secret | | 400",
        "GET | /api/v1/tenants/acme01/devices/pump/nosuch | | 404",
        "GET | /api/v1/tenants/acme01/devices/pump/p1/events?from=never | | 400",
        "GET | /api/v1/tenants/acme01/commands/nosuch | | 404",
        "PUT | /api/v1/tenants/acme01/devices | {} | 405",
        "PATCH | /api/v1/tenants/acme01 | {\"status\":\"gone\"} | 400"
      })
  void bad_requests_get_their_code_and_a_body(String method, String path, String body, int code) {
    HttpResponse<String> answer = server.admin().send(method, path, body == null ? "" : body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(code);
    assertThat(answer.headers().firstValue("content-type").orElse("")).contains("json");
    assertThat(answer.body())
        .contains(path.startsWith("/api/v0002") ? "\"exception\"" : "\"status\":" + code)
        .doesNotContain("Exception:", "io.sallyport", "org.springframework");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v0002/device/types",
        "/api/v0002/device/types/pump/devices",
        "/api/v0002/application/types/pump/devices/p1/events/e",
        "/api/v1/tenants/acme01/devices",
        "/api/v1/tenants/acme01/devices/pump/p1/commands"
      })
  void a_huge_body_is_413(String path) {
    String body = "{\"id\":\"" + "x".repeat(1_200_000) + "\"}";
    RawHttps.Answer answer =
        RawHttps.exchange(
            server.socket(server.https()),
            "POST",
            path,
            "localhost",
            RawHttps.basic(RunningServer.ADMIN_KEY, RunningServer.ADMIN_TOKEN),
            body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(413);
  }

  @Test
  void a_payload_over_http_has_the_same_limit_as_over_mqtt() {
    RunningServer.Rest rest = server.app();
    String path = "/api/v0002/application/types/pump/devices/p1/events/large";
    assertThat(rest.send("POST", path, "x".repeat(PAYLOAD_BYTES_MAX)).statusCode()).isEqualTo(200);
    assertThat(rest.send("POST", path, "x".repeat(PAYLOAD_BYTES_MAX + 1)).statusCode())
        .isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v0002/device/types/pump/devices/p1",
        "/api/v1/tenants/acme01/devices/pump/p1"
      })
  void json_nested_too_deep_is_400(String path) {
    String deep = "{\"metadata\":" + "{\"a\":".repeat(5_000) + "1" + "}".repeat(5_001);
    String method = path.startsWith("/api/v1") ? "PATCH" : "PUT";
    HttpResponse<String> answer = server.admin().send(method, path, deep);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
  }
}
