package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.codec.MqttPacket.RetainHandling;
import io.sallyport.mqtt.codec.SubscribeProperties;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Options of version 5, MESSAGING.md section 7 rows 36, 38 and 40, as their receivers see them. */
class SubscriptionOptionsTest {
  @AutoClose private final TestServer server = new TestServer();

  /** Row 40, v5:MQTT-3.8.3-3. */
  @Test
  void no_local_subscription_gets_no_copy_of_its_clients_own_messages() {
    try (RawMqttClient mine = server.client("mine");
        RawMqttClient other = server.client("other")) {
      subscribe("mine", mine, filter("t", true, false, RetainHandling.SEND));
      other.subscribe(1, 1, "t");
      mine.sendPublish("t", "mine", 1, 5);
      assertThat(mine.expectAck(RawMqttClient.PUBACK)).isEqualTo(5);
      assertThat(other.expectPublish().payload()).isEqualTo("mine");
      mine.expectNothingBeforePong();
      other.sendPublish("t", "theirs", 0, 0);
      assertThat(mine.expectPublish().payload()).isEqualTo("theirs");
    }
  }

  /** Row 40, v5:MQTT-3.8.3-3: it is the subscription that gets none, not the client. */
  @Test
  void other_matching_subscription_still_brings_the_copy() {
    try (RawMqttClient mine = server.client("mine")) {
      subscribe("mine", mine, filter("t", true, false, RetainHandling.SEND));
      mine.subscribe(2, 0, "#");
      mine.sendPublish("t", "mine", 1, 5);
      assertThat(mine.expectAck(RawMqttClient.PUBACK)).isEqualTo(5);
      assertThat(mine.expectPublish().qos()).isZero();
      mine.expectNothingBeforePong();
    }
  }

  /** Row 38, v5:MQTT-3.3.1-12, v5:MQTT-3.3.1-13. */
  @Test
  void retain_flag_is_kept_as_published_only_where_asked() {
    try (RawMqttClient kept = server.client("kept");
        RawMqttClient plain = server.client("plain")) {
      subscribe("kept", kept, filter("t", false, true, RetainHandling.SEND));
      plain.subscribe(1, 1, "t");
      retain("t", "x");
      assertThat(kept.expectPublish().retain()).isTrue();
      assertThat(plain.expectPublish().retain()).isFalse();
      server.engine.route(TestGate.SCOPE, Message.of("t", new byte[1], Qos.AT_MOST_ONCE));
      assertThat(kept.expectPublish().retain()).isFalse();
      retain("t", "");
      assertThat(kept.expectPublish().retain()).isTrue();
    }
  }

  /** Rows 34 and 38: one copy that answers both keeps the flag if either asks for it. */
  @Test
  void one_of_two_overlapping_filters_keeps_the_retain_flag() {
    try (RawMqttClient reader = server.client("reader")) {
      subscribe("reader", reader, filter("t", false, true, RetainHandling.SEND));
      reader.subscribe(2, 1, "#");
      retain("t", "x");
      assertThat(reader.expectPublish().retain()).isTrue();
      reader.expectNothingBeforePong();
    }
  }

  /** Row 36, v5:MQTT-3.3.1-9. */
  @Test
  void retain_handling_0_sends_retained_messages_at_every_subscribe() {
    retain("t", "kept");
    try (RawMqttClient reader = server.client("reader")) {
      for (int i = 0; i < 2; i++) {
        subscribe("reader", reader, filter("t", false, false, RetainHandling.SEND));
        assertThat(reader.expectPublish().retain()).isTrue();
      }
    }
  }

  /** Row 36, v5:MQTT-3.3.1-10. */
  @Test
  void retain_handling_1_sends_retained_messages_to_a_new_subscription_only() {
    retain("t", "kept");
    try (RawMqttClient reader = server.client("reader")) {
      subscribe("reader", reader, filter("t", false, false, RetainHandling.SEND_IF_NEW));
      assertThat(reader.expectPublish().payload()).isEqualTo("kept");
      subscribe("reader", reader, filter("t", false, false, RetainHandling.SEND_IF_NEW));
      reader.expectNothingBeforePong();
      reader.sendUnsubscribe(3, "t");
      reader.expectAck(RawMqttClient.UNSUBACK);
      subscribe("reader", reader, filter("t", false, false, RetainHandling.SEND_IF_NEW));
      assertThat(reader.expectPublish().payload()).isEqualTo("kept");
    }
  }

  /** Row 36, v5:MQTT-3.3.1-11. */
  @Test
  void retain_handling_2_sends_no_retained_messages() {
    retain("t", "kept");
    try (RawMqttClient reader = server.client("reader")) {
      subscribe("reader", reader, filter("t", false, false, RetainHandling.DO_NOT_SEND));
      reader.expectNothingBeforePong();
      retain("t", "live");
      assertThat(reader.expectPublish().payload()).isEqualTo("live");
    }
  }

  /** Row 36, v5:MQTT-3.8.4-3: with other options. */
  @Test
  void subscribing_again_replaces_the_options() {
    try (RawMqttClient mine = server.client("mine")) {
      subscribe("mine", mine, filter("t", true, false, RetainHandling.SEND));
      subscribe("mine", mine, filter("t", false, true, RetainHandling.SEND));
      mine.send(RawMqttClient.publish("t", "x", 0, 0, true, false));
      assertThat(mine.expectPublish().retain()).isTrue();
    }
  }

  private static MqttPacket.Filter filter(
      String filter, boolean noLocal, boolean retainAsPublished, RetainHandling handling) {
    return new MqttPacket.Filter(filter, Qos.AT_LEAST_ONCE, noLocal, retainAsPublished, handling);
  }

  private void subscribe(String clientId, RawMqttClient client, MqttPacket.Filter filter) {
    server.receive(
        clientId,
        new MqttPacket.Subscribe(1, List.of(filter), new SubscribeProperties(9, List.of())));
    assertThat(client.expectAck(RawMqttClient.SUBACK)).isEqualTo(1);
  }

  private void retain(String topic, String payload) {
    server.engine.routeRetained(
        TestGate.SCOPE,
        new Message(topic, payload.getBytes(StandardCharsets.UTF_8), Qos.AT_MOST_ONCE, true, null));
  }
}
