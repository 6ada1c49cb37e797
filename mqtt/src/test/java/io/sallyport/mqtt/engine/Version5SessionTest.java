package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Bytes;
import io.sallyport.mqtt.RawMqttClient.ConnAck5;
import io.sallyport.mqtt.RawMqttClient.Connect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions and wills of version 5: MESSAGING.md section 7 rows 6 to 9, 11 and 12. */
class Version5SessionTest {
  private static final Bytes NOTHING = new Bytes();

  @AutoClose private final TestServer server = new TestServer();

  /** Row 6, v5:MQTT-3.2.2-2, -3; row 7, v5:MQTT-3.1.2-4. */
  @Test
  void session_present_is_told_exactly() {
    assertThat(comeAndGo(connect("c").clean(false).properties(expiry(100)))).isFalse();
    assertThat(comeAndGo(connect("c").clean(false).properties(expiry(100)))).isTrue();
    assertThat(comeAndGo(connect("c").clean(true).properties(expiry(100)))).isFalse();
    assertThat(comeAndGo(connect("c").clean(false).properties(expiry(100)))).isTrue();
    assertThat(comeAndGo(connect("c").clean(false))).isTrue(); // From here on it does not last.
    assertThat(comeAndGo(connect("c").clean(false).properties(expiry(100)))).isFalse();
  }

  /** Row 6, v5:MQTT-3.2.2-6: refusal. */
  @Test
  void session_is_there_still_after_a_refused_connect() {
    comeAndGo(connect("c").properties(expiry(100)));
    try (RawMqttClient client = server.client()) {
      ConnAck5 refused =
          client.connect5(connect("c").clean(true).properties(new Bytes().u8(0x15).text("method")));
      assertThat(refused.sessionPresent()).isFalse();
    }
    assertThat(comeAndGo(connect("c").clean(false).properties(expiry(100)))).isTrue();
  }

  /** Row 7, v5:MQTT-3.1.2-4: subscriptions and queue of a lasting session are gone. */
  @Test
  void clean_start_forgets_what_the_session_held() {
    try (RawMqttClient reader = server.client()) {
      reader.connect5(connect("c").properties(expiry(100)));
      reader.subscribe5(1, 1, NOTHING, "t");
    }
    await().until(() -> server.engine.connections() == 0);
    route("t", "missed");
    try (RawMqttClient reader = server.client()) {
      reader.connect5(connect("c").clean(true).properties(expiry(100)));
      route("t", "unheard");
      reader.expectNothingBeforePong();
      assertThat(server.gate.binding("c").resumed).isEmpty();
    }
  }

  /** Row 8, v5:MQTT-3.1.2-23: expiry 0 ends with the connection, clean start or not. */
  @Test
  void session_without_expiry_ends_with_its_connection() {
    comeAndGo(connect("c").clean(false));
    await().until(() -> server.engine.sessions() == 0);
  }

  /** Row 8, v5:MQTT-4.1.0-2: it counts from the close. */
  @Test
  void session_ends_when_its_expiry_has_passed() {
    try (RawMqttClient client = server.client()) {
      client.connect5(connect("c").properties(expiry(1)));
      client.expectSilence(1_500);
      assertThat(server.engine.sessions()).isEqualTo(1);
    }
    long start = System.nanoTime();
    await().until(() -> server.engine.sessions() == 0);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(800));
    assertThat(server.gate.binding("c").sessionEnded).isTrue();
  }

  /** Row 8, MQTT 5 §3.14.2.2.2. */
  @Test
  void disconnect_may_change_the_expiry() {
    try (RawMqttClient client = server.client()) {
      client.connect5(connect("c").properties(expiry(100)));
      client.sendDisconnect5(0, expiry(0)).expectClosed();
    }
    await().until(() -> server.engine.sessions() == 0);
    try (RawMqttClient client = server.client()) {
      client.connect5(connect("d").properties(expiry(1)));
      client.sendDisconnect5(0, expiry(100)).expectClosed();
    }
    await().until(() -> server.engine.connections() == 0);
    assertThat(comeAndGo(connect("d").clean(false).properties(expiry(1)))).isTrue();
  }

  /** Row 8, MQTT 5 §3.14.2.2.2: not from 0 to something. */
  @Test
  void disconnect_that_gives_an_expiry_to_a_session_without_is_a_protocol_error() {
    try (RawMqttClient client = server.client()) {
      client.connect5(connect("c").will("will", "w", 0, false));
      client.sendDisconnect5(0, expiry(5));
      assertThat(client.expectDisconnect()).isEqualTo(0x82);
    }
    await().until(() -> server.engine.sessions() == 0);
    assertThat(server.gate.wills).containsExactly("will");
  }

  /** Row 9, v5:MQTT-3.1.4-3. */
  @Test
  void connection_taken_over_is_told_0x8e_and_the_new_one_keeps_the_subscriptions() {
    try (RawMqttClient old = server.client();
        RawMqttClient next = server.client()) {
      old.connect5(connect("c").properties(expiry(100)));
      old.subscribe5(1, 1, NOTHING, "t");
      assertThat(next.connect5(connect("c").clean(false).properties(expiry(100))).sessionPresent())
          .isTrue();
      assertThat(old.expectDisconnect()).isEqualTo(0x8E);
      route("t", "x");
      assertThat(next.expectPublish5().payload()).isEqualTo("x");
    }
  }

  /** Row 9: a session may be taken on in another version. */
  @Test
  void session_goes_on_in_another_version() {
    try (RawMqttClient old = server.client()) {
      old.connect5(connect("c").properties(expiry(100)));
      old.subscribe5(1, 2, NOTHING, "t");
      route("t", "x");
      old.expectPublish5();
    }
    try (RawMqttClient next = server.client()) {
      assertThat(next.login("c", false)).isTrue();
      assertThat(next.expectPublish().duplicate()).isTrue();
    }
  }

  /** What our side closes for is told; MESSAGING.md section 5.4 for the storage. */
  @ParameterizedTest
  @CsvSource({
    "REVOKED,135",
    "NOT_AUTHORIZED,135",
    "ADMINISTRATIVE,152",
    "QUEUE_FULL,151",
    "TOO_MANY_SUBSCRIPTIONS,151",
    "SLOW_READER,151",
    "STORAGE_UNAVAILABLE,137",
    "SERVER_SHUTDOWN,139",
    "SERVER_ERROR,128",
    "PACKET_TOO_LARGE,149",
    "TOPIC_NOT_VALID,144",
    "KEEP_ALIVE_TIMEOUT,141"
  })
  void close_from_our_side_is_told_with_its_reason(CloseReason reason, int code) {
    try (RawMqttClient client = server.client()) {
      client.connect5(connect("c"));
      server.gate.binding("c").out().close(reason);
      assertThat(client.expectDisconnect()).isEqualTo(code);
    }
  }

  /** v5:MQTT-3.14.0-1: and never in 3.x, which has no such packet from the server. */
  @ParameterizedTest
  @EnumSource(CloseReason.class)
  void client_of_3_1_1_is_closed_without_a_word(CloseReason reason) {
    try (RawMqttClient client = server.client("c")) {
      server.gate.binding("c").out().close(reason);
      client.expectClosed();
    }
  }

  @Test
  void shutdown_is_told_0x8b() {
    try (RawMqttClient client = server.client()) {
      client.connect5(connect("c"));
      var done = server.engine.shutdown(Duration.ofSeconds(5));
      assertThat(client.expectDisconnect()).isEqualTo(0x8B);
      await().until(done::isDone);
    }
  }

  /** MQTT 5 §3.14.2.2.3: a word for people, unless they don't want it. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void reason_of_a_malformed_packet_is_told_where_wanted(int problemInformation) {
    try (RawMqttClient client = server.client()) {
      client.connect5(connect("c").properties(new Bytes().u8(0x17).u8(problemInformation)));
      client.sendHex("30 05 0001 74 01 7F");
      RawMqttClient.Packet packet = client.expect(RawMqttClient.DISCONNECT);
      assertThat(packet.body().unsignedByte(0)).isEqualTo(0x81);
      assertThat(packet.body().length() > 1).isEqualTo(problemInformation == 1);
    }
  }

  /** v5:MQTT-4.13.1-1: whatever is wrong with a packet, its reason is told before the close. */
  @ParameterizedTest
  @CsvSource({
    "packet above what CONNACK allows, 30 818010, 149",
    "QoS 3, 36 06 0001 74 0001 00, 129",
    "reserved flags, 41 02 0001, 129",
    "a packet of the server, 20 02 0000, 130",
    "packet id 0, 32 06 0001 74 0000 00, 130",
    "wildcard in a topic, 30 04 0001 23 00, 129",
    "no filter, 82 03 0001 00, 130",
    "misplaced wildcard in a filter, 82 08 0001 00 0002 2361 00, 129",
    "text that is not UTF-8, 30 04 0001 FF 00, 129",
    "remaining length of five bytes, 30 FFFFFFFFFF, 129"
  })
  void packet_that_is_wrong_is_answered_with_its_reason(String what, String hex, int code) {
    try (RawMqttClient client = server.client()) {
      client.connect5(connect("c"));
      assertThat(client.sendHex(hex).expectDisconnect()).isEqualTo(code);
    }
  }

  /** Row 11, v5:MQTT-3.1.2-8, -10, v5:MQTT-3.14.4-3. */
  @ParameterizedTest
  @CsvSource({"0,0", "4,1", "128,1", "152,1"})
  void will_depends_on_the_reason_of_disconnect(int reason, int wills) {
    try (RawMqttClient client = server.client()) {
      client.connect5(connect("c").will("will", "w", 0, false));
      client.sendDisconnect5(reason, NOTHING).expectClosed();
    }
    await().until(() -> server.gate.binding("c").closed == CloseReason.CLIENT_DISCONNECTED);
    assertThat(server.gate.wills).hasSize(wills);
  }

  /** Row 12, v5:MQTT-3.1.2-8: at the delay's end, once. */
  @Test
  void delayed_will_is_published_when_its_delay_is_over() {
    long start = System.nanoTime();
    try (RawMqttClient client = server.client()) {
      client.connect5(delayedWill("c", 1, 100));
    }
    await().until(() -> server.gate.wills.size() == 1);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(900));
    assertThat(server.gate.binding("c").life).containsExactly("opened", "closed", "will");
    assertThat(comeAndGo(connect("c").clean(false))).isTrue();
    await().until(() -> server.engine.sessions() == 0);
    assertThat(server.gate.wills).hasSize(1);
    assertThat(server.meters.get("mqtt.wills.delayed").gauge().value()).isZero();
  }

  /** Row 12, v5:MQTT-3.1.3-9: resuming cancels it. */
  @Test
  void delayed_will_is_cancelled_by_resuming_the_session() {
    try (RawMqttClient client = server.client()) {
      client.connect5(delayedWill("c", 1, 100));
    }
    await().until(() -> server.meters.get("mqtt.wills.delayed").gauge().value() == 1);
    try (RawMqttClient client = server.client()) {
      client.connect5(connect("c").clean(false).properties(expiry(100)));
      client.expectSilence(1_500);
    }
    assertThat(server.gate.wills).isEmpty();
  }

  /** Row 12: a clean start ends the session, and with it the delay. */
  @Test
  void delayed_will_is_published_at_a_clean_start() {
    try (RawMqttClient client = server.client()) {
      client.connect5(delayedWill("c", 1_000, 2_000));
    }
    await().until(() -> server.meters.get("mqtt.wills.delayed").gauge().value() == 1);
    comeAndGo(connect("c").clean(true));
    assertThat(server.gate.wills).containsExactly("will");
  }

  /** Row 12, v5:MQTT-3.1.2-8: the end of the session is earlier than the delay. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void delayed_will_is_published_when_its_session_ends(long expirySeconds) {
    try (RawMqttClient client = server.client()) {
      client.connect5(delayedWill("c", 1_000, expirySeconds));
    }
    await().until(() -> server.gate.wills.size() == 1);
    assertThat(server.engine.sessions()).isZero();
  }

  /** MESSAGING.md section 4, v5:MQTT-3.1.3-9: takeover with and without delay. */
  @ParameterizedTest
  @CsvSource({"0,false,1", "1000,false,0", "1000,true,1"})
  void will_of_a_connection_taken_over_depends_on_delay_and_resuming(
      long delay, boolean cleanStart, int wills) {
    try (RawMqttClient old = server.client();
        RawMqttClient next = server.client()) {
      old.connect5(delayedWill("c", delay, 2_000));
      next.connect5(connect("c").clean(cleanStart).properties(expiry(100)));
      assertThat(old.expectDisconnect()).isEqualTo(0x8E);
      assertThat(server.gate.wills).hasSize(wills);
      next.sendDisconnect5(0, NOTHING).expectClosed();
    }
    await().until(() -> server.engine.connections() == 0);
    assertThat(server.gate.wills).hasSize(wills);
  }

  /** THREATS T31: a revoked client has no last word, now or later. */
  @Test
  void delayed_will_of_a_session_that_is_revoked_is_not_published() {
    try (RawMqttClient client = server.client()) {
      client.connect5(delayedWill("c", 1, 100));
    }
    await().until(() -> server.meters.get("mqtt.wills.delayed").gauge().value() == 1);
    server.engine.endSession(TestGate.key("c"));
    await().until(() -> server.engine.sessions() == 0);
    assertThat(server.gate.wills).isEmpty();
  }

  /** Row 33 for wills, v5:MQTT-3.3.2-4 and the like; row 32: its expiry counts from publication. */
  @Test
  void properties_of_a_will_reach_its_readers() {
    try (RawMqttClient reader = server.client()) {
      reader.connect5(connect("reader"));
      reader.subscribe5(1, 1, NOTHING, "will");
      try (RawMqttClient client = server.client()) {
        client.connect5(
            connect("c")
                .will("will", "w", 1, false)
                .willProperties(
                    new Bytes()
                        .u8(0x01)
                        .u8(1)
                        .u8(0x02)
                        .u32(50)
                        .u8(0x03)
                        .text("text/plain")
                        .u8(0x26)
                        .text("a")
                        .text("b")));
        client.sendDisconnect5(4, NOTHING).expectClosed();
      }
      assertThat(reader.expectPublish5().properties())
          .containsExactlyInAnyOrder("02=50", "01=1", "03=text/plain", "26=a:b");
    }
  }

  private boolean comeAndGo(Connect connect) {
    boolean present;
    try (RawMqttClient client = server.client()) {
      ConnAck5 ack = client.connect5(connect);
      assertThat(ack.code()).isZero();
      present = ack.sessionPresent();
    }
    await().until(() -> server.engine.connections() == 0);
    return present;
  }

  private static Connect connect(String clientId) {
    return new Connect(clientId).version5();
  }

  private static Connect delayedWill(String clientId, long delaySeconds, long expirySeconds) {
    return connect(clientId)
        .properties(expiry(expirySeconds))
        .will("will", "w", 0, false)
        .willProperties(new Bytes().u8(0x18).u32(delaySeconds));
  }

  private static Bytes expiry(long seconds) {
    return new Bytes().u8(0x11).u32(seconds);
  }

  private List<Integer> route(String topic, String payload) {
    return List.of(
        server.engine.route(
            TestGate.SCOPE,
            Message.of(topic, payload.getBytes(StandardCharsets.UTF_8), Qos.AT_LEAST_ONCE)));
  }
}
