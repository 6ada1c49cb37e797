package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Bytes;
import io.sallyport.mqtt.RawMqttClient.ConnAck5;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.UserProperty;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CONNECT and CONNACK of version 5: MESSAGING.md section 7 rows 1 to 6 and 10. */
class Version5ConnectTest {
  @AutoClose private final TestServer server = new TestServer();

  /** §3.2.2.3: what is offered beyond the values that absent properties stand for. */
  @Test
  void limits_of_the_client_are_told_in_connack() {
    try (RawMqttClient client = server.client()) {
      ConnAck5 ack = client.connect5(new Connect("c").keepAlive(60));
      assertThat(ack).isEqualTo(new ConnAck5(false, 0, List.of("21=100", "27=262144", "22=16")));
    }
  }

  @Test
  void what_is_not_offered_is_told_in_connack() {
    server.gate.limits =
        ClientLimits.DEFAULT.withOffer(
            new ClientLimits.Offer(0, 0, Qos.AT_LEAST_ONCE, false, false, false));
    try (RawMqttClient client = server.client()) {
      assertThat(client.connect5(new Connect("c").keepAlive(0)).properties())
          .containsExactly("21=100", "27=262144", "24=1", "25=0", "28=0", "2A=0");
    }
  }

  /** Row 10, v5:MQTT-3.2.2-21, -22: none and too long a keep alive get the server's. */
  @ParameterizedTest
  @CsvSource({"0,true", "1200,false", "1201,true", "65535,true", "10,false"})
  void server_keep_alive_is_told_when_it_is_not_the_clients(int asked, boolean told) {
    try (RawMqttClient client = server.client()) {
      List<String> properties = client.connect5(new Connect("c").keepAlive(asked)).properties();
      assertThat(properties.contains("13=1200")).isEqualTo(told);
    }
  }

  /** Row 10, v5:MQTT-3.2.2-22: it is the server's value that is enforced. */
  @Test
  void server_keep_alive_closes_a_silent_client() {
    server.gate.limits =
        ClientLimits.DEFAULT.withOffer(
            new ClientLimits.Offer(16, 1, Qos.EXACTLY_ONCE, true, true, true));
    try (RawMqttClient client = server.client()) {
      client.connect5(new Connect("c").keepAlive(0));
      long start = System.nanoTime();
      assertThat(client.expectDisconnect()).isEqualTo(0x8D);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThan(Duration.ofMillis(1_300));
    }
  }

  /** Section 8, "keep alive 65,535 or 0 by the thousand": 3.x keeps its value. */
  @Test
  void keep_alive_of_3_1_1_stays_the_clients() {
    server.gate.limits =
        ClientLimits.DEFAULT.withOffer(
            new ClientLimits.Offer(16, 1, Qos.EXACTLY_ONCE, true, true, true));
    try (RawMqttClient client = server.client()) {
      client.login(new Connect("c").keepAlive(0));
      client.expectSilence(2_000);
    }
  }

  /** Row 8: bounded by the client's limit and the engine's, and told when it is less. */
  @ParameterizedTest
  @CsvSource({"0,''", "100,''", "604800,''", "604801,11=604800", "4294967295,11=604800"})
  void session_expiry_beyond_the_limit_is_cut_and_told(long asked, String told) {
    try (RawMqttClient client = server.client()) {
      List<String> properties =
          client
              .connect5(new Connect("c").properties(new Bytes().u8(0x11).u32(asked)))
              .properties();
      assertThat(properties.stream().filter(p -> p.startsWith("11=")).toList())
          .isEqualTo(told.isEmpty() ? List.of() : List.of(told));
    }
  }

  /** Row 4, v5:MQTT-3.1.3-6, -7, v5:MQTT-3.2.2-16. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void empty_client_id_is_always_taken_and_its_name_told(boolean cleanStart) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      try (RawMqttClient client = server.client()) {
        ConnAck5 ack = client.connect5(new Connect("").clean(cleanStart));
        assertThat(ack.code()).isZero();
        assertThat(ack.sessionPresent()).isFalse();
        String name =
            ack.properties().stream().filter(p -> p.startsWith("12=")).toList().getFirst();
        assertThat(name).matches("12=auto-[0-9a-f]{32}");
        names.add(name);
      }
    }
    assertThat(names).hasSize(3);
  }

  /** Row 4: the client comes back to its session under the name that it was given. */
  @Test
  void assigned_client_id_brings_back_the_session() {
    String name;
    try (RawMqttClient client = server.client()) {
      ConnAck5 ack = client.connect5(new Connect("").properties(expiry(100)));
      name = ack.properties().stream().filter(p -> p.startsWith("12=")).toList().getFirst();
    }
    try (RawMqttClient client = server.client()) {
      ConnAck5 ack =
          client.connect5(new Connect(name.substring(3)).clean(false).properties(expiry(100)));
      assertThat(ack.sessionPresent()).isTrue();
      assertThat(ack.properties()).noneMatch(p -> p.startsWith("12="));
    }
  }

  /** Row 2, MQTT 5 §3.1.2.9: not so in 3.1.1. */
  @Test
  void password_without_user_name_is_allowed() {
    AtomicReference<ConnectRequest> seen = new AtomicReference<>();
    server.gate.admission =
        request -> {
          seen.set(request);
          return server.gate.letIn(request);
        };
    try (RawMqttClient client = server.client()) {
      assertThat(client.connect5(new Connect("c").login("", "secret")).code()).isZero();
    }
    ConnectRequest request = Objects.requireNonNull(seen.get());
    assertThat(request.userName()).isEmpty();
    assertThat(request.password()).isPresent();
  }

  @Test
  void gate_sees_expiry_and_user_properties() {
    AtomicReference<ConnectRequest> seen = new AtomicReference<>();
    server.gate.admission =
        request -> {
          seen.set(request);
          return server.gate.letIn(request);
        };
    try (RawMqttClient client = server.client()) {
      client.connect5(
          new Connect("c").properties(new Bytes().u8(0x11).u32(77).u8(0x26).text("n").text("v")));
    }
    ConnectRequest request = Objects.requireNonNull(seen.get());
    assertThat(request.sessionExpirySeconds()).isEqualTo(77);
    assertThat(request.wantsLastingSession()).isTrue();
    assertThat(request.userProperties()).containsExactly(new UserProperty("n", "v"));
  }

  /** Row 1, v5:MQTT-3.1.0-2; v5:MQTT-4.13.1-1. */
  @Test
  void second_connect_is_answered_with_disconnect_0x82() {
    try (RawMqttClient client = server.client()) {
      client.connect5(new Connect("c"));
      assertThat(client.send(new Connect("c").version5().bytes()).expectDisconnect())
          .isEqualTo(0x82);
    }
  }

  /** MQTT 5 §4.13.1: before CONNACK the code stands in it; row 2, v5:MQTT-3.1.2-3. */
  @ParameterizedTest
  @CsvSource({
    "reserved flag (v5:MQTT-3.1.2-3), 00044D515454 05 03 003C 00 000161, 129",
    "will QoS 3 (v5:MQTT-3.1.2-12), 00044D515454 05 1E 003C 00 000161 00 000174 000170, 129",
    "unknown property, 00044D515454 05 02 003C 02 7F00 000161, 129",
    "receive maximum 0, 00044D515454 05 02 003C 03 210000 000161, 130",
    "expiry twice, 00044D515454 05 02 003C 0A 1100000001 1100000001 000161, 130",
    "authentication data alone, 00044D515454 05 02 003C 04 16000178 000161, 130",
    "bytes behind, 00044D515454 05 02 003C 00 000161 00, 129",
    "will topic with wildcard, 00044D515454 05 06 003C 00 000161 00 000123 000170, 129"
  })
  void malformed_connect_gets_its_reason_and_is_closed(String what, String hex, int code) {
    try (RawMqttClient client = server.client()) {
      client.send(RawMqttClient.packet(0x10, new Bytes().hex(hex)));
      assertThat(client.expectConnAck5()).isEqualTo(new ConnAck5(false, code, List.of()));
      client.expectClosed();
    }
    assertThat(server.gate.bindings).isEmpty();
  }

  /** Row 5, v5:MQTT-3.1.4-2, v5:MQTT-3.2.2-6, -7: code, no session, then the end. */
  @ParameterizedTest
  @EnumSource(ConnectRefusal.class)
  void refused_client_gets_the_reason_code_of_version_5(ConnectRefusal reason) {
    server.gate.admission = _ -> new Admission.Refused(reason);
    try (RawMqttClient client = server.client()) {
      assertThat(client.connect5(new Connect("c").clean(false)))
          .isEqualTo(new ConnAck5(false, reason.reasonCode(), List.of()));
      client.expectClosed();
    }
  }

  /** v5:MQTT-4.12.0-1: no method is offered; the gate is not even asked. */
  @Test
  void enhanced_authentication_is_refused_with_0x8c() {
    try (RawMqttClient client = server.client()) {
      ConnAck5 ack =
          client.connect5(new Connect("c").properties(new Bytes().u8(0x15).text("SCRAM-SHA-256")));
      assertThat(ack.code()).isEqualTo(0x8C);
      client.expectClosed();
    }
    assertThat(server.gate.bindings).isEmpty();
  }

  /** v5:MQTT-4.12.0-6, v5:MQTT-4.12.1-1. */
  @Test
  void auth_without_a_method_agreed_on_is_a_protocol_error() {
    try (RawMqttClient client = server.client()) {
      client.connect5(new Connect("c"));
      client.sendHex("F0 06 19 04 15 0001 78");
      assertThat(client.expectDisconnect()).isEqualTo(0x82);
    }
  }

  /** Row 13: a will within what is offered, and UTF-8 where it says so. */
  @ParameterizedTest
  @CsvSource({"2,false,155", "1,true,154", "1,false,0"})
  void will_beyond_the_offer_is_refused(int qos, boolean retain, int code) {
    server.gate.limits =
        ClientLimits.DEFAULT.withOffer(
            new ClientLimits.Offer(16, 0, Qos.AT_LEAST_ONCE, false, true, true));
    try (RawMqttClient client = server.client()) {
      assertThat(client.connect5(new Connect("c").will("will", "w", qos, retain)).code())
          .isEqualTo(code);
    }
    if (code != 0) {
      await().until(() -> server.gate.binding("c").closed == CloseReason.NOT_AUTHORIZED);
    }
  }

  @Test
  void will_that_is_not_the_utf_8_it_says_is_refused_with_0x99() {
    try (RawMqttClient client = server.client()) {
      client.send(
          RawMqttClient.packet(
              0x10, new Bytes().hex("00044D515454 05 06 003C 00 000161 02 0101 000174 0001FF")));
      assertThat(client.expectConnAck5().code()).isEqualTo(0x99);
    }
  }

  @Test
  void client_id_longer_than_256_bytes_is_refused_with_0x85() {
    try (RawMqttClient client = server.client()) {
      assertThat(client.connect5(new Connect("i".repeat(257))).code()).isEqualTo(0x85);
    }
  }

  /** Row 30, v5:MQTT-3.1.2-24: not even a CONNACK goes beyond it. */
  @Test
  void client_that_takes_no_connack_is_closed_without_one() {
    try (RawMqttClient client = server.client()) {
      client.send(new Connect("c").properties(new Bytes().u8(0x27).u32(6)).bytes());
      client.expectClosed();
    }
    assertThat(server.meters.get("mqtt.packets.too.large").counter().count()).isEqualTo(1);
  }

  private static Bytes expiry(long seconds) {
    return new Bytes().u8(0x11).u32(seconds);
  }
}
