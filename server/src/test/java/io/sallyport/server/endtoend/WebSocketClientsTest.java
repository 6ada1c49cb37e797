package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients over WebSocket that are no browsers; those are in {@link BrowserTest}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebSocketClientsTest {
  private RunningServer server;

  @BeforeAll
  void start(@TempDir Path folder) {
    server = RunningServer.in(folder);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}{1}")
  @CsvSource({"mqtts, /mqtt", "mqtts, /", "https, /mqtt", "https, /"})
  void paho_sends_an_event_and_gets_a_command(String listener, String path) throws Exception {
    String uri = "wss://localhost:" + server.server().port(listener) + path;
    try (MqttClient device = new MqttClient(uri, "d:acme01:pump:p1", new MemoryPersistence());
        MqttClient application = server.application("listens")) {
      device.setTimeToWait(10_000);
      device.connect(server.login("use-token-auth", "token-of-pump-one"));
      BlockingQueue<String> events = new LinkedBlockingQueue<>();
      application.subscribe(
          "iot-2/type/pump/id/p1/evt/+/fmt/+",
          1,
          (_, event) -> events.add(text(event.getPayload())));
      BlockingQueue<String> commands = new LinkedBlockingQueue<>();
      device.subscribe(
          "iot-2/cmd/+/fmt/+", 1, (_, command) -> commands.add(text(command.getPayload())));
      // Larger than one frame of Paho's.
      String payload = "{\"text\":\"" + "x".repeat(70_000) + "\"}";

      device.publish("iot-2/evt/state/fmt/json", payload.getBytes(UTF_8), 1, false);
      application.publish(
          "iot-2/type/pump/id/p1/cmd/open/fmt/json", "{\"now\":1}".getBytes(UTF_8), 1, false);

      assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo(payload);
      assertThat(commands.poll(20, TimeUnit.SECONDS)).isEqualTo("{\"now\":1}");
      device.disconnect();
      application.disconnect();
    }
  }

  @Test
  void request_for_a_websocket_elsewhere_is_answered_by_the_http_server() {
    String request =
        """
        GET /api/v1/tenants HTTP/1.1\r
        Host: localhost\r
        Upgrade: websocket\r
        Connection: Upgrade, close\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Protocol: mqtt\r
        \r
        """;

    assertThat(RawHttps.exchange(server.socket(server.https()), request).status()).isEqualTo(401);
  }

  private static String text(byte[] payload) {
    return new String(payload, UTF_8);
  }
}
