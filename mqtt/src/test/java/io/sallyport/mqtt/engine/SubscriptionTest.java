package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Published;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SubscribeOutcome;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscriptions and retained messages: MESSAGING.md section 7 rows 34 to 39. */
class SubscriptionTest {
  @AutoClose private final TestServer server = new TestServer();

  /** Row 34, v3:MQTT-3.3.5-1, v5:MQTT-3.3.4-2: one copy at the highest QoS. */
  @Test
  void overlapping_subscriptions_get_one_copy_at_the_highest_qos() {
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 0, "a/b");
      reader.subscribe(2, 2, "a/+");
      reader.subscribe(3, 1, "#");
      assertThat(route("a/b", "x", Qos.EXACTLY_ONCE)).isEqualTo(1);
      assertThat(reader.expectPublish().qos()).isEqualTo(2);
      reader.expectNothingBeforePong();
    }
  }

  /** Row 35, v3:MQTT-3.8.4-5, -6, v5:MQTT-3.8.4-6, -7, v3, v5:MQTT-3.9.3-1. */
  @Test
  void every_filter_gets_its_code_in_order() {
    server.gate.onSubscribe =
        filter ->
            filter.startsWith("no")
                ? new SubscribeOutcome.Refused(0x87)
                : new SubscribeOutcome.Granted(
                    TestGate.SCOPE,
                    filter.startsWith("low") ? Qos.AT_MOST_ONCE : Qos.EXACTLY_ONCE,
                    true);
    try (RawMqttClient reader = server.client("reader")) {
      assertThat(reader.subscribe(9, 1, "yes", "no/1", "low", "no/2", "yes/2"))
          .isEqualTo("0180008001");
      assertThat(route("no/1", "x", Qos.AT_LEAST_ONCE)).isZero();
    }
  }

  /**
   * Row 35, v3:MQTT-3.8.3-3, -4, v5:MQTT-3.8.3-2, -5; row 17, MQTT-3.8.1-1; row 19, MQTT-2.3.1-1.
   */
  @ParameterizedTest
  @CsvSource({
    "no filter, 82020001",
    "QoS 3, 8206000100016103",
    "reserved option bits, 8206000100016104",
    "wrong header flags, 8006000100016100",
    "packet id 0, 8206000000016100",
    "QoS byte missing, 82050001000161",
    "empty filter, 820500010000 00",
    "no filter to unsubscribe, A2020001"
  })
  void malformed_subscribe_closes(String what, String hex) {
    try (RawMqttClient client = server.client("c")) {
      client.sendHex(hex).expectClosed();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a#", "#/a", "a/#/b", "a+", "+a", "a/+b", "##", "++", "a/b#"})
  void filter_with_a_misplaced_wildcard_closes(String filter) {
    try (RawMqttClient client = server.client("c")) {
      client.sendSubscribe(1, 0, filter).expectClosed();
    }
  }

  @Test
  void contract_may_close_for_a_filter() {
    server.gate.onSubscribe = _ -> new SubscribeOutcome.Close(CloseReason.NOT_AUTHORIZED);
    try (RawMqttClient client = server.client("c")) {
      client.sendSubscribe(1, 0, "t").expectClosed();
      await()
          .untilAsserted(() ->
              assertThat(server.gate.binding("c").closed).isEqualTo(CloseReason.NOT_AUTHORIZED));
    }
  }

  @Test
  void one_filter_too_many_closes() {
    try (RawMqttClient client = server.client("c")) {
      for (int i = 1; i <= 100; i++) {
        client.subscribe(i, 0, "t/" + i);
      }
      client.subscribe(101, 1, "t/1");
      client.sendSubscribe(102, 0, "t/101").expectClosed();
      await()
          .untilAsserted(() ->
              assertThat(server.gate.binding("c").closed)
                  .isEqualTo(CloseReason.TOO_MANY_SUBSCRIPTIONS));
    }
  }

  /**
   * Row 36, v3:MQTT-3.8.4-3, v5:MQTT-3.8.4-3, -4, v5:MQTT-3.3.1-9: replaced without loss, retained
   * messages again.
   */
  @Test
  void subscribing_again_replaces_and_sends_retained_again() {
    try (RawMqttClient reader = server.client("reader")) {
      retain("t", "kept");
      reader.subscribe(1, 1, "t");
      assertThat(reader.expectPublish().qos()).isEqualTo(1);
      reader.subscribe(2, 0, "t");
      assertThat(reader.expectPublish()).isEqualTo(new Published("t", "kept", 0, true, false, 0));
      assertThat(route("t", "live", Qos.AT_LEAST_ONCE)).isEqualTo(1);
      assertThat(reader.expectPublish().qos()).isZero();
    }
  }

  /** Row 37, v3, v5:MQTT-3.10.4-1 to -5. */
  @Test
  void unsubscribe_compares_exactly_and_is_always_answered() {
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "a/+", "a/b");
      reader.sendUnsubscribe(2, "a/#", "a/+", "never/held");
      assertThat(reader.expectAck(RawMqttClient.UNSUBACK)).isEqualTo(2);
      assertThat(server.gate.binding("reader").unsubscribed).containsExactly("a/+");
      assertThat(route("a/c", "x", Qos.AT_LEAST_ONCE)).isZero();
      assertThat(route("a/b", "x", Qos.AT_LEAST_ONCE)).isEqualTo(1);
    }
  }

  /** Row 37, v3, v5:MQTT-3.10.4-3: what has begun is completed. */
  @Test
  void message_in_flight_completes_after_unsubscribe() {
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 2, "t");
      route("t", "x", Qos.EXACTLY_ONCE);
      int id = reader.expectPublish().packetId();
      reader.sendUnsubscribe(2, "t");
      reader.expectAck(RawMqttClient.UNSUBACK);
      reader.sendAck(RawMqttClient.PUBREC, id);
      assertThat(reader.expectAck(RawMqttClient.PUBREL)).isEqualTo(id);
    }
  }

  /** Row 38, v3:MQTT-3.3.1-5 to -11, v5:MQTT-3.3.1-5 to -8, -12. */
  @Test
  void retained_message_is_replaced_flagged_on_subscribing_only_and_removed_by_an_empty_one() {
    try (RawMqttClient writer = server.client("writer");
        RawMqttClient early = server.client("early");
        RawMqttClient late = server.client("late")) {
      early.subscribe(1, 1, "r/#");
      writer.send(RawMqttClient.publish("r/1", "old", 1, 1, true, false));
      writer.expectAck(RawMqttClient.PUBACK);
      writer.send(RawMqttClient.publish("r/1", "new", 1, 2, true, false));
      writer.expectAck(RawMqttClient.PUBACK);
      assertThat(early.expectPublish().retain()).isFalse();
      assertThat(early.expectPublish().retain()).isFalse();
      late.subscribe(1, 1, "r/+");
      assertThat(late.expectPublish()).isEqualTo(new Published("r/1", "new", 1, true, false, 1));
      writer.send(RawMqttClient.publish("r/1", "", 1, 3, true, false));
      writer.expectAck(RawMqttClient.PUBACK);
      assertThat(early.expectPublish().payload()).isEmpty();
      assertThat(late.expectPublish().retain()).isFalse();
      late.subscribe(2, 1, "r/1");
      late.expectNothingBeforePong();
    }
  }

  /** MESSAGING.md section 8: retained delivery is paced by the window, and nothing is lost. */
  @Test
  void many_retained_messages_come_window_by_window() {
    for (int i = 0; i < 2_000; i++) {
      retain("r/" + i, "x");
    }
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "r/+");
      for (int i = 0; i < 32; i++) {
        reader.expectPublish();
      }
      reader.expectNothingBeforePong();
      for (int id = 1; id <= 32; id++) {
        reader.sendAck(RawMqttClient.PUBACK, id);
      }
      for (int i = 32; i < 2_000; i++) {
        reader.sendAck(RawMqttClient.PUBACK, reader.expectPublish().packetId());
      }
      reader.expectNothingBeforePong();
    }
  }

  /** MESSAGING.md section 5: 3.x takes the acknowledgement, nobody the message. */
  @Test
  void retained_message_beyond_the_authors_share_is_refused() {
    MqttConfig base = MqttConfig.DEFAULT;
    MqttConfig config =
        new MqttConfig(
            base.codec(),
            base.logins(),
            base.timeouts(),
            base.sessions(),
            base.subscriptions(),
            new MqttConfig.Retained(10, 1_000, 1, 1_000, 1L << 30));
    try (TestServer small = new TestServer(config);
        RawMqttClient writer = small.client("x:writer");
        RawMqttClient other = small.client("y:writer");
        RawMqttClient reader = small.client("reader")) {
      reader.subscribe(1, 0, "#");
      writer.send(RawMqttClient.publish("r/1", "a", 1, 1, true, false));
      writer.send(RawMqttClient.publish("r/2", "b", 1, 2, true, false));
      writer.send(RawMqttClient.publish("r/1", "c", 1, 3, true, false));
      for (int id = 1; id <= 3; id++) {
        assertThat(writer.expectAck(RawMqttClient.PUBACK)).isEqualTo(id);
      }
      assertThat(reader.expectPublish().payload()).isEqualTo("a");
      assertThat(reader.expectPublish().payload()).isEqualTo("c");
      assertThat(small.meters.get("mqtt.publishes.refused").counter().count()).isEqualTo(1);
      other.send(RawMqttClient.publish("r/2", "d", 1, 1, true, false));
      other.expectAck(RawMqttClient.PUBACK);
      assertThat(reader.expectPublish().payload()).isEqualTo("d");
    }
  }

  /** Row 32, v5:MQTT-3.3.2-5. */
  @Test
  void expired_retained_message_is_not_sent() {
    server.engine.routeRetained(
        TestGate.SCOPE,
        new Message("r/old", new byte[1], Qos.AT_MOST_ONCE, true, null).expiringAt(1));
    retain("r/new", "x");
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "r/#");
      assertThat(reader.expectPublish().topic()).isEqualTo("r/new");
      reader.expectNothingBeforePong();
    }
  }

  @Test
  void unsubscribed_filter_brings_no_more_retained_messages() {
    for (int i = 0; i < 100; i++) {
      retain("r/" + i, "x");
    }
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "r/+");
      for (int i = 0; i < 32; i++) {
        reader.expectPublish();
      }
      reader.sendUnsubscribe(2, "r/+");
      reader.expectAck(RawMqttClient.UNSUBACK);
      for (int id = 1; id <= 32; id++) {
        reader.sendAck(RawMqttClient.PUBACK, id);
      }
      reader.expectNothingBeforePong();
    }
  }

  @Test
  void retained_messages_of_a_scope_are_bounded() {
    MqttConfig base = MqttConfig.DEFAULT;
    MqttConfig config =
        new MqttConfig(
            base.codec(),
            base.logins(),
            base.timeouts(),
            base.sessions(),
            base.subscriptions(),
            new MqttConfig.Retained(2, 1_000, 2, 1_000, 1L << 30));
    try (TestServer small = new TestServer(config)) {
      for (int i = 0; i < 5; i++) {
        small.engine.routeRetained(
            TestGate.SCOPE, new Message("r/" + i, new byte[1], Qos.AT_MOST_ONCE, true, null));
      }
      small.engine.routeRetained(
          TestGate.SCOPE, new Message("r/0", new byte[2_000], Qos.AT_MOST_ONCE, true, null));
      assertThat(small.meters.get("mqtt.retained.refused").counter().count()).isEqualTo(4);
      try (RawMqttClient reader = small.client("reader")) {
        reader.subscribe(1, 0, "#");
        assertThat(reader.expectPublish().topic()).isEqualTo("r/1");
        reader.expectNothingBeforePong();
      }
    }
  }

  /** Row 39, v3, v5:MQTT-4.7.2-1: through the wire. */
  @Test
  void wildcards_do_not_reach_dollar_topics() {
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 0, "#", "+/x");
      retain("$SYS/x", "kept");
      assertThat(route("$SYS/x", "live", Qos.AT_MOST_ONCE)).isZero();
      reader.subscribe(2, 0, "$SYS/#");
      assertThat(reader.expectPublish().payload()).isEqualTo("kept");
      assertThat(route("$SYS/x", "live", Qos.AT_MOST_ONCE)).isEqualTo(1);
    }
  }

  /** THREATS T30: nothing crosses from one scope to another. */
  @Test
  void other_scopes_see_nothing() {
    Scope other = new Scope("test", 2);
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 0, "#");
      assertThat(server.engine.route(other, Message.of("t", new byte[1], Qos.AT_MOST_ONCE)))
          .isZero();
      server.engine.routeRetained(
          other, new Message("t", new byte[1], Qos.AT_MOST_ONCE, true, null));
      reader.subscribe(2, 0, "t");
      reader.expectNothingBeforePong();
    }
  }

  /** THREATS T32: asked for every copy, live and retained. */
  @Test
  void copy_that_the_binding_does_not_allow_is_kept_back() {
    server.gate.mayDeliver = message -> !message.topic().startsWith("secret");
    retain("secret/r", "x");
    retain("open/r", "y");
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 0, "#");
      assertThat(reader.expectPublish().topic()).isEqualTo("open/r");
      assertThat(route("secret/l", "x", Qos.AT_MOST_ONCE)).isZero();
      reader.expectNothingBeforePong();
      assertThat(server.count("mqtt.messages.dropped", "cause", "not_allowed")).isEqualTo(2);
    }
  }

  @Test
  void binding_that_fails_the_question_gets_no_copy() {
    server.gate.mayDeliver =
        _ -> {
          throw new IllegalStateException("planted fault");
        };
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 0, "#");
      assertThat(route("t", "x", Qos.AT_MOST_ONCE)).isZero();
      reader.expectNothingBeforePong();
    }
  }

  private int route(String topic, String payload, Qos qos) {
    return server.engine.route(
        TestGate.SCOPE, Message.of(topic, payload.getBytes(StandardCharsets.UTF_8), qos));
  }

  private void retain(String topic, String payload) {
    server.engine.routeRetained(
        TestGate.SCOPE,
        new Message(
            topic, payload.getBytes(StandardCharsets.UTF_8), Qos.AT_LEAST_ONCE, true, null));
  }
}
