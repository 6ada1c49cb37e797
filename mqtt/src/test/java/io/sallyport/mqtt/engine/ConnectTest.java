package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CONNECT and what comes before CONNACK: MESSAGING.md section 7 rows 1 to 5 and 7. */
class ConnectTest {
  @AutoClose private final TestServer server = new TestServer();

  /** Row 1, MQTT-3.1.0-1. */
  @ParameterizedTest
  @ValueSource(strings = {"C000", "E000", "300700036162637878", "82060001000161 00", "20020000"})
  void first_packet_that_is_not_connect_closes_without_reply(String hex) {
    try (RawMqttClient client = server.client()) {
      client.sendHex(hex).expectClosed();
    }
  }

  /** Row 1, MQTT-3.1.0-2. */
  @Test
  void second_connect_closes() {
    try (RawMqttClient client = server.client("c")) {
      client.send(RawMqttClient.connect("c", true, 0)).expectClosed();
    }
  }

  /** Row 2: header of a 3.1.1 CONNECT, its flags, and the payload. */
  @ParameterizedTest
  @CsvSource({
    "reserved flag (MQTT-3.1.2-3), 100D00044D5154540403003C000161",
    "will QoS without will (MQTT-3.1.2-13), 100D00044D515454040A003C000161",
    "will retain without will (MQTT-3.1.2-15), 100D00044D5154540422003C000161",
    "will QoS 3 (MQTT-3.1.2-14), 101200044D515454041E003C000161000174000170",
    "password without user name (MQTT-3.1.2-22), 101000044D5154540442003C000161000170",
    "flagged user name missing (MQTT-3.1.2-19), 100D00044D5154540482003C000161",
    "flagged will missing (MQTT-3.1.2-9), 100D00044D5154540406003C000161",
    "user name not flagged (MQTT-3.1.2-18), 101000044D5154540402003C000161000175"
  })
  void inconsistent_connect_closes_without_reply(String what, String hex) {
    try (RawMqttClient client = server.client()) {
      client.sendHex(hex).expectClosed();
    }
  }

  /** Row 3, MQTT-3.1.2-1. */
  @Test
  void wrong_protocol_name_closes_without_reply() {
    try (RawMqttClient client = server.client()) {
      client.send(new Connect("c").protocol("MQTX", 4).bytes()).expectClosed();
    }
  }

  /** Row 3, MQTT-3.1.2-2. */
  @ParameterizedTest
  @CsvSource({"MQTT,3", "MQTT,6", "MQTT,132", "MQIsdp,4", "MQIsdp,131"})
  void unknown_level_gets_code_1_and_is_closed(String name, int level) {
    try (RawMqttClient client = server.client()) {
      client.send(new Connect("c").protocol(name, level).bytes());
      assertThat(client.expectConnAck()).isEqualTo(1);
      client.expectClosed();
    }
  }

  /** Row 3, v5:MQTT-3.1.2-2: a gate takes which versions it likes, each told in its own form. */
  @Test
  void version_that_the_gate_does_not_take_is_refused_in_its_own_form() {
    server.gate.admission = _ -> new Admission.Refused(ConnectRefusal.UNSUPPORTED_VERSION);
    try (RawMqttClient client = server.client()) {
      client.sendHex("100E 00044D515454 05 02 003C 00 000161");
      assertThat(client.expect(RawMqttClient.CONNACK).hex()).isEqualTo("008400");
      client.expectClosed();
    }
  }

  /** Row 3: `MQIsdp` level 3 is accepted. */
  @Test
  void version_3_1_is_let_in() {
    try (RawMqttClient client = server.client()) {
      assertThat(client.login(new Connect("old").protocol("MQIsdp", 3))).isFalse();
    }
  }

  /** Row 4, MQTT-3.1.3-7. */
  @Test
  void empty_client_id_with_clean_session_is_named_by_the_gate() {
    try (RawMqttClient client = server.client()) {
      client.login("", true);
      assertThat(server.gate.bindings.getFirst().clientId).startsWith("auto-");
    }
  }

  /** Row 4, MQTT-3.1.3-8, -9. */
  @ParameterizedTest
  @CsvSource({"MQTT,4,false", "MQIsdp,3,true", "MQIsdp,3,false"})
  void empty_client_id_without_clean_session_or_in_3_1_gets_code_2(
      String name, int level, boolean clean) {
    try (RawMqttClient client = server.client()) {
      client.send(new Connect("").protocol(name, level).clean(clean).bytes());
      assertThat(client.expectConnAck()).isEqualTo(2);
      client.expectClosed();
    }
    assertThat(server.gate.bindings).isEmpty();
  }

  @Test
  void client_id_of_256_bytes_is_let_in_and_of_257_is_not() {
    try (RawMqttClient longest = server.client();
        RawMqttClient tooLong = server.client()) {
      longest.login("i".repeat(256), true);
      tooLong.send(new Connect("i".repeat(257)).bytes());
      assertThat(tooLong.expectConnAck()).isEqualTo(2);
    }
  }

  /** Row 5, MQTT-3.1.4-5, MQTT-3.2.0-1. */
  @Test
  void packets_behind_connect_are_handled_after_connack() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch decide = new CountDownLatch(1);
    server.gate.admission =
        request -> {
          asked.countDown();
          awaitQuietly(decide);
          return server.gate.letIn(request);
        };
    try (RawMqttClient client = server.client()) {
      client.send(RawMqttClient.connect("c", true, 60));
      client.sendPing().sendPublish("t", "x", 1, 9);
      asked.await();
      client.expectSilence(100);
      assertThat(server.gate.published).isEmpty();
      decide.countDown();
      assertThat(client.expectConnAck()).isZero();
      client.expect(RawMqttClient.PINGRESP);
      assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(9);
    }
  }

  /** Row 5, MQTT-3.2.2-5: code, then the end; what came behind CONNECT is thrown away. */
  @ParameterizedTest
  @EnumSource(ConnectRefusal.class)
  void refused_client_gets_its_code_and_nothing_else(ConnectRefusal reason) {
    server.gate.admission = _ -> new Admission.Refused(reason);
    try (RawMqttClient client = server.client()) {
      client.send(RawMqttClient.connect("c", true, 60));
      assertThat(client.expectConnAck()).isEqualTo(reason.returnCode());
      client.expectClosed();
      assertThat(server.gate.published).isEmpty();
    }
  }

  @Test
  void publish_behind_a_refused_connect_reaches_nobody() {
    server.gate.admission = _ -> new Admission.Refused(ConnectRefusal.NOT_AUTHORIZED);
    try (RawMqttClient client = server.client()) {
      client.send(
          new RawMqttClient.Bytes()
              .raw(RawMqttClient.connect("c", true, 60))
              .raw(RawMqttClient.publish("t", "x", 1, 1, false, false))
              .toByteArray());
      await()
          .untilAsserted(() ->
              assertThat(server.count("mqtt.logins.refused", "code", "not_authorized"))
                  .isEqualTo(1));
      assertThat(server.gate.published).isEmpty();
    }
  }

  @Test
  void gate_that_fails_refuses_with_code_3() {
    server.gate.admission =
        _ -> {
          throw new IllegalStateException("planted fault");
        };
    try (RawMqttClient client = server.client()) {
      client.send(RawMqttClient.connect("c", true, 60));
      assertThat(client.expectConnAck()).isEqualTo(3);
    }
  }

  /** The contract learns of the end also when its answer came too late. */
  @Test
  void binding_of_a_client_that_left_while_the_gate_decided_is_told() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch decide = new CountDownLatch(1);
    server.gate.admission =
        request -> {
          asked.countDown();
          awaitQuietly(decide);
          return server.gate.letIn(request);
        };
    RawMqttClient client = server.client();
    client.send(RawMqttClient.connect("gone", true, 60));
    asked.await();
    client.close();
    await()
        .untilAsserted(() ->
            assertThat(server.count("mqtt.connections.closed", "reason", "connection_lost"))
                .isEqualTo(1));
    decide.countDown();
    await().untilAsserted(() -> assertThat(server.gate.bindings).hasSize(1));
    await()
        .untilAsserted(
            () -> assertThat(server.gate.binding("gone").life).containsExactly("closed"));
    assertThat(server.engine.sessions()).isZero();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
