package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Devices in over TLS, events durable, applications out, commands back: with unmodified clients.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MainJobTest {
  private RunningServer server;

  record Received(String topic, String payload, int qos, boolean retained) {}

  @BeforeAll
  void start(@TempDir Path folder) {
    server = RunningServer.in(folder);
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private static BlockingQueue<Received> subscribed(MqttClient client, String filter, int qos)
      throws MqttException {
    BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    client.subscribe(
        filter,
        qos,
        (topic, message) ->
            received.add(
                new Received(
                    topic,
                    new String(message.getPayload(), UTF_8),
                    message.getQos(),
                    message.isRetained())));
    return received;
  }

  private static Received next(BlockingQueue<Received> queue) throws InterruptedException {
    Received received = queue.poll(10, TimeUnit.SECONDS);
    assertThat(received).as("a message within 10 s").isNotNull();
    return received;
  }

  @Test
  void an_event_of_each_qos_reaches_an_application_under_the_long_topic() throws Exception {
    MqttClient device = server.device("p1", "token-of-pump-one");
    MqttClient application = server.application("qos");
    BlockingQueue<Received> received =
        subscribed(application, "iot-2/type/pump/id/p1/evt/level/fmt/+", 2);
    for (int qos = 0; qos <= 2; qos++) {
      device.publish(
          "iot-2/evt/level/fmt/json", ("{\"qos\":" + qos + "}").getBytes(UTF_8), qos, true);
      assertThat(next(received))
          .isEqualTo(
              new Received(
                  "iot-2/type/pump/id/p1/evt/level/fmt/json", "{\"qos\":" + qos + "}", qos, false));
    }
    device.disconnect();
    application.disconnect();
  }

  @Test
  void what_was_acknowledged_is_read_back_by_rest_newest_first_also_after_a_restart()
      throws Exception {
    MqttClient device = server.device("p2", "token-of-pump-two");
    for (int i = 1; i <= 5; i++) {
      device.publish("iot-2/evt/count/fmt/json", ("{\"n\":" + i + "}").getBytes(UTF_8), 1, false);
    }
    device.disconnect();
    server.restart();
    JsonNode page =
        server
            .app()
            .json(
                server
                    .app()
                    .get("/api/v1/tenants/acme01/devices/pump/p2/events?limit=3&name=count"));
    assertThat(page.path("items").valueStream().map(item -> item.path("payload").path("n").asInt()))
        .containsExactly(5, 4, 3);
    JsonNode history =
        server.app().json(server.app().get("/api/v0002/historian/types/pump/devices/p2?top=5"));
    assertThat(history.path("events").valueStream().map(e -> e.path("evt").path("n").asInt()))
        .containsExactly(5, 4, 3, 2, 1);
    assertThat(history.path("events").get(0).path("device_id").asString()).isEqualTo("p2");
  }

  @Test
  void commands_reach_the_device_from_an_application_and_from_rest() throws Exception {
    MqttClient device = server.device("p1", "token-of-pump-one");
    BlockingQueue<Received> commands = subscribed(device, "iot-2/cmd/+/fmt/+", 1);
    MqttClient application = server.application("commander");
    application.publish(
        "iot-2/type/pump/id/p1/cmd/blink/fmt/json", "{\"times\":3}".getBytes(UTF_8), 1, false);
    assertThat(next(commands))
        .isEqualTo(new Received("iot-2/cmd/blink/fmt/json", "{\"times\":3}", 1, false));

    RunningServer.Rest rest = server.app();
    JsonNode submitted =
        rest.json(
            rest.send(
                "POST",
                "/api/v1/tenants/acme01/devices/pump/p1/commands",
                "{\"name\":\"setpoint\",\"payload\":{\"celsius\":21.5}}"));
    assertThat(next(commands).payload()).isEqualTo("{\"celsius\":21.5}");
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() ->
            assertThat(
                    rest.json(
                            rest.get(
                                "/api/v1/tenants/acme01/commands/"
                                    + submitted.path("id").asString()))
                        .path("status")
                        .asString())
                .isEqualToIgnoringCase("delivered"));
    device.disconnect();
    application.disconnect();
  }

  @Test
  void a_command_waits_for_a_device_with_a_persistent_session() throws Exception {
    MqttConnectOptions persistent = server.login("use-token-auth", "token-of-pump-two");
    persistent.setCleanSession(false);
    MqttClient device = server.paho("d:acme01:pump:p2");
    device.connect(persistent);
    BlockingQueue<Received> first = subscribed(device, "iot-2/cmd/+/fmt/+", 1);
    device.disconnect();
    device.close();
    RunningServer.Rest rest = server.app();
    assertThat(
            rest.send(
                    "POST",
                    "/api/v1/tenants/acme01/devices/pump/p2/commands",
                    "{\"name\":\"later\",\"payload\":{\"a\":1}}")
                .statusCode())
        .isEqualTo(202);

    BlockingQueue<Received> waiting = new LinkedBlockingQueue<>();
    MqttClient again = server.paho("d:acme01:pump:p2");
    again.setCallback(
        new MqttCallback() {
          @Override
          public void connectionLost(Throwable cause) {}

          @Override
          public void messageArrived(String topic, MqttMessage message) {
            waiting.add(
                new Received(
                    topic,
                    new String(message.getPayload(), UTF_8),
                    message.getQos(),
                    message.isRetained()));
          }

          @Override
          public void deliveryComplete(IMqttDeliveryToken token) {}
        });
    again.connect(persistent);
    assertThat(next(waiting).topic()).isEqualTo("iot-2/cmd/later/fmt/json");
    assertThat(first).isEmpty();
    again.disconnect();
  }

  @Test
  void status_messages_tell_connect_and_disconnect_with_every_member() throws Exception {
    MqttClient application = server.application("watcher");
    MqttClient device = server.device("p1", "token-of-pump-one");
    BlockingQueue<Received> status = subscribed(application, "iot-2/type/+/id/p1/mon", 0);
    Received retained = next(status);
    assertThat(retained.retained()).isTrue();
    assertThat(retained.payload()).contains("\"Action\":\"Connect\"");
    device.disconnect();
    Received left = next(status);
    for (String member :
        new String[] {
          "Action",
          "Time",
          "ClientAddr",
          "ClientID",
          "Port",
          "Secure",
          "Protocol",
          "ReadBytes",
          "ReadMsg",
          "WriteBytes",
          "WriteMsg",
          "ConnectTime"
        }) {
      assertThat(left.payload()).contains("\"" + member + "\":");
    }
    assertThat(left.payload()).contains("\"Action\":\"Disconnect\"").contains("d:acme01:pump:p1");
    application.disconnect();
  }

  @Test
  void a_revoked_device_is_cut_off_within_five_seconds() throws Exception {
    RunningServer.Rest rest = server.app();
    assertThat(
            rest.send(
                    "POST",
                    "/api/v0002/device/types/pump/devices",
                    "{\"deviceId\":\"doomed\",\"authToken\":\"token-of-doomed\"}")
                .statusCode())
        .isEqualTo(201);
    MqttClient device = server.device("doomed", "token-of-doomed");
    AtomicBoolean lost = new AtomicBoolean();
    device.setCallback(
        new MqttCallback() {
          @Override
          public void connectionLost(Throwable cause) {
            lost.set(true);
          }

          @Override
          public void messageArrived(String topic, MqttMessage message) {}

          @Override
          public void deliveryComplete(IMqttDeliveryToken token) {}
        });
    assertThat(rest.send("DELETE", "/api/v0002/device/types/pump/devices/doomed", "").statusCode())
        .isEqualTo(204);
    await().atMost(Duration.ofSeconds(5)).untilTrue(lost);
    assertThatThrownBy(() -> server.device("doomed", "token-of-doomed"))
        .isInstanceOf(MqttException.class);
  }

  @Test
  void a_wrong_token_is_refused_with_code_5_and_can_be_explained() throws Exception {
    assertThatThrownBy(() -> server.device("p1", "not-the-right-token"))
        .isInstanceOfSatisfying(
            MqttException.class,
            refused ->
                assertThat(refused.getReasonCode())
                    .isEqualTo(MqttException.REASON_CODE_NOT_AUTHORIZED));
    RunningServer.Rest admin = server.admin();
    BlockingQueue<String> refusals = new LinkedBlockingQueue<>();
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> {
          admin
              .json(admin.get("/api/v1/tenants/acme01/audit?limit=200"))
              .path("items")
              .valueStream()
              .filter(record -> record.path("outcome").asString("").equalsIgnoreCase("refused"))
              .filter(record -> record.path("target").asString("").contains("p1"))
              .map(record -> record.path("refusal").asString(""))
              .forEach(refusals::add);
          return !refusals.isEmpty();
        });
    String refusal = refusals.take();
    JsonNode explanation = admin.json(admin.get("/api/v1/refusals/" + refusal));
    assertThat(explanation.path("fix").asString()).isNotBlank();
    assertThat(server.app().get("/api/v1/refusals/" + refusal).statusCode())
        .as("an application without audit:read learns nothing")
        .isIn(403, 404);
  }
}
