package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.server.endtoend.RunningServer.Rest;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The main job with the registry in PostgreSQL. */
class PostgresRegistryTest {
  @TempDir Path folder = Path.of(".");

  @Test
  void devices_applications_and_commands_work_and_survive_a_restart() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.builder().start()) {
      Path password = Files.writeString(folder.resolve("password"), "postgres\n");
      String config =
          """
          registry:
            kind: postgresql
            url: 'jdbc:postgresql://localhost:%d/postgres'
            user: postgres
            password-file: %s
          """
              .formatted(postgres.getPort(), password);
      try (RunningServer server = RunningServer.in(folder, config)) {
        assertThat(server.data().registryFile()).doesNotExist();
        Rest rest = server.app();
        assertThat(
                rest.send(
                        "POST",
                        "/api/v0002/device/types/pump/devices",
                        "{\"deviceId\":\"later\",\"authToken\":\"token-of-later\"}")
                    .statusCode())
            .isEqualTo(201);
        exchange(server, 1);
        JsonNode waiting =
            rest.json(
                rest.send(
                    "POST",
                    "/api/v1/tenants/acme01/devices/pump/p2/commands",
                    "{\"name\":\"wait\",\"payload\":{\"a\":1}}"));
        assertThat(rest.send("DELETE", "/api/v0002/device/types/pump/devices/p1", "").statusCode())
            .isEqualTo(204);

        server.restart();
        exchange(server, 2);
        Rest again = server.app();
        JsonNode page = again.json(again.get("/api/v1/tenants/acme01/devices/pump/later/events"));
        assertThat(page.path("items").valueStream().map(e -> e.path("payload").path("n").asInt()))
            .containsExactly(2, 1);
        assertThat(
                again
                    .json(
                        again.get(
                            "/api/v1/tenants/acme01/commands/" + waiting.path("id").asString()))
                    .path("payload")
                    .path("a")
                    .asInt())
            .isEqualTo(1);
        Rest operator = server.operator();
        assertThat(operator.get("/ready").statusCode()).isEqualTo(200);
        assertThat(operator.get("/api/v1/audit/verify").statusCode()).isEqualTo(200);
      }
    }
  }

  /** One event to an application, one command to the device. */
  private static void exchange(RunningServer server, int n)
      throws MqttException, InterruptedException {
    MqttClient device = server.device("later", "token-of-later");
    MqttClient application = server.application("exchange");
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    BlockingQueue<String> commands = new LinkedBlockingQueue<>();
    application.subscribe(
        "iot-2/type/pump/id/later/evt/+/fmt/+",
        1,
        (_, message) -> events.add(new String(message.getPayload(), UTF_8)));
    device.subscribe(
        "iot-2/cmd/+/fmt/+",
        1,
        (_, message) -> commands.add(new String(message.getPayload(), UTF_8)));
    device.publish("iot-2/evt/count/fmt/json", ("{\"n\":" + n + "}").getBytes(UTF_8), 1, false);
    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("{\"n\":" + n + "}");
    application.publish(
        "iot-2/type/pump/id/later/cmd/do/fmt/json",
        ("{\"c\":" + n + "}").getBytes(UTF_8),
        1,
        false);
    assertThat(commands.poll(10, TimeUnit.SECONDS)).isEqualTo("{\"c\":" + n + "}");
    device.disconnect();
    application.disconnect();
  }
}
