package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.InboundPublish;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MessageProperties.PayloadFormat;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Bytes;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Published5;
import io.sallyport.mqtt.UserProperty;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PUBLISH and its acknowledgements in version 5: MESSAGING.md section 7 rows 20 to 34. */
class Version5FlowTest {
  private static final Bytes NOTHING = new Bytes();

  @AutoClose private final TestServer server = new TestServer();

  // ---- from the client

  /** Row 33, v5:MQTT-3.3.2-4, -15 to -18, -20: unaltered, in order, repeated ones too. */
  @Test
  void properties_reach_the_reader_unaltered_and_in_order() {
    try (RawMqttClient reader = reader("reader", NOTHING, 1);
        RawMqttClient writer = client("writer", NOTHING)) {
      writer.send(
          RawMqttClient.publish5(
              "t",
              "x",
              1,
              1,
              new Bytes()
                  .u8(0x26)
                  .text("b")
                  .text("1")
                  .u8(0x01)
                  .u8(1)
                  .u8(0x26)
                  .text("a")
                  .text("2")
                  .u8(0x08)
                  .text("reply/to")
                  .u8(0x26)
                  .text("b")
                  .text("1")
                  .u8(0x09)
                  .text("correlation")
                  .u8(0x03)
                  .text("text/plain")));
      assertThat(reader.expectPublish5().properties())
          .containsExactly(
              "01=1",
              "03=text/plain",
              "08=reply/to",
              "09=correlation",
              "26=b:1",
              "26=a:2",
              "26=b:1");
    }
  }

  /** Row 33: a reader of 3.1.1 gets the message without them. */
  @Test
  void reader_of_3_1_1_sees_no_properties() {
    try (RawMqttClient reader = server.client("reader");
        RawMqttClient writer = client("writer", NOTHING)) {
      reader.subscribe(1, 1, "t");
      writer.send(RawMqttClient.publish5("t", "x", 1, 1, new Bytes().u8(0x03).text("text/plain")));
      assertThat(reader.expectPublish().payload()).isEqualTo("x");
    }
  }

  /** MESSAGING.md section 2: the response topic in the reader's own form, or not at all. */
  @ParameterizedTest
  @CsvSource({"inner/a,outer/a", "secret,"})
  void response_topic_goes_through_the_readers_mapping(String inner, String outer) {
    server.gate.outwardResponseTopic =
        topic -> topic.startsWith("inner/") ? topic.replace("inner/", "outer/") : null;
    try (RawMqttClient reader = reader("reader", NOTHING, 1);
        RawMqttClient writer = client("writer", NOTHING)) {
      writer.send(RawMqttClient.publish5("t", "x", 1, 1, new Bytes().u8(0x08).text(inner)));
      assertThat(reader.expectPublish5().properties())
          .isEqualTo(outer == null ? List.of() : List.of("08=" + outer));
    }
  }

  /** MQTT 5 §3.3.2.3.2: refused when it is not the UTF-8 that it says. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void payload_that_is_not_the_utf_8_it_says_is_refused(int qos) {
    try (RawMqttClient writer = client("writer", NOTHING)) {
      byte[] good = RawMqttClient.publish5("t", "ü", qos, 1, new Bytes().u8(0x01).u8(1));
      byte[] bad = good.clone();
      bad[bad.length - 1] = 'x';
      int ack = qos == 1 ? RawMqttClient.PUBACK : RawMqttClient.PUBREC;
      assertThat(writer.send(bad).expectReason(ack, 1)).isEqualTo(0x99);
      assertThat(server.gate.published).isEmpty();
      assertThat(writer.send(good).expectReason(ack, 1)).isZero();
      assertThat(server.gate.published).hasSize(1);
    }
  }

  /** MESSAGING.md section 5.4: refusals are told, in the order of arrival. */
  @ParameterizedTest
  @ValueSource(ints = {0x87, 0x90, 0x97, 0x99})
  void refusal_of_the_contract_is_told_with_its_reason(int code) {
    server.gate.onPublish = (_, ack) -> ack.refused(code);
    try (RawMqttClient writer = client("writer", NOTHING)) {
      writer.sendPublish5("t", "x", 1, 1).sendPublish5("t", "x", 2, 2);
      assertThat(writer.expectReason(RawMqttClient.PUBACK, 1)).isEqualTo(code);
      assertThat(writer.expectReason(RawMqttClient.PUBREC, 2)).isEqualTo(code);
    }
  }

  /** Row 21, v5:MQTT-4.3.3-9: after PUBREC of 0x80 and above the id is new again. */
  @Test
  void packet_id_of_a_refused_qos_2_message_is_new_again() {
    server.gate.onPublish = (_, ack) -> ack.refused(0x87);
    try (RawMqttClient writer = client("writer", NOTHING)) {
      writer.sendPublish5("t", "x", 2, 7);
      assertThat(writer.expectReason(RawMqttClient.PUBREC, 7)).isEqualTo(0x87);
      server.gate.onPublish = null;
      writer.sendPublish5("t", "y", 2, 7);
      assertThat(writer.expectReason(RawMqttClient.PUBREC, 7)).isZero();
      assertThat(writer.sendAck5(RawMqttClient.PUBREL, 7, 0).expectReason(7, 7)).isZero();
    }
    assertThat(server.gate.published).hasSize(2);
  }

  /** Row 21, v5:MQTT-4.3.3-10, -12: the same id before PUBREL is the same message. */
  @Test
  void qos_2_message_resent_before_pubrel_is_not_delivered_twice_across_reconnects() {
    Bytes lasting = new Bytes().u8(0x11).u32(100);
    try (RawMqttClient writer = client("writer", lasting)) {
      writer.sendPublish5("t", "x", 2, 5);
      assertThat(writer.expectReason(RawMqttClient.PUBREC, 5)).isZero();
    }
    try (RawMqttClient writer = server.client()) {
      writer.connect5(new Connect("writer").clean(false).properties(lasting));
      writer.send(RawMqttClient.publish5(0x3C, "t", "x", 5, NOTHING));
      assertThat(writer.expectReason(RawMqttClient.PUBREC, 5)).isZero();
      writer.sendAck5(RawMqttClient.PUBREL, 5, 0);
      assertThat(writer.expectReason(RawMqttClient.PUBCOMP, 5)).isZero();
    }
    assertThat(server.gate.published).hasSize(1);
  }

  /** Row 20, v5:MQTT-4.3.2-5: the same id after PUBACK is another message, with DUP or not. */
  @Test
  void packet_id_after_puback_is_a_new_message_even_with_dup() {
    try (RawMqttClient writer = client("writer", NOTHING)) {
      for (int firstByte : new int[] {0x32, 0x3A}) {
        writer.send(RawMqttClient.publish5(firstByte, "t", "x", 5, NOTHING));
        assertThat(writer.expectReason(RawMqttClient.PUBACK, 5)).isZero();
      }
    }
    assertThat(server.gate.published).hasSize(2);
  }

  /** Row 22, MQTT 5 §3.7.2.1: PUBREL of an id that nobody knows. */
  @Test
  void pubrel_of_an_unknown_id_is_answered_with_0x92() {
    try (RawMqttClient writer = client("writer", NOTHING)) {
      writer.sendAck5(RawMqttClient.PUBREL, 9, 0);
      assertThat(writer.expectReason(RawMqttClient.PUBCOMP, 9)).isEqualTo(0x92);
    }
  }

  /** MQTT 5 §3.7.2.1: in recovery it is no error; clients take 0x92 for a failed publish. */
  @Test
  void pubrel_of_a_flow_whose_end_was_lost_is_answered_with_success() {
    try (RawMqttClient writer = client("writer", lasting(60))) {
      writer.sendPublish5("t", "x", 2, 9);
      writer.expectReason(RawMqttClient.PUBREC, 9);
      writer.sendAck5(RawMqttClient.PUBREL, 9, 0);
      assertThat(writer.expectReason(RawMqttClient.PUBCOMP, 9)).isZero();
    }
    try (RawMqttClient writer = server.client()) {
      writer.connect5(new Connect("writer").clean(false).properties(lasting(60)));
      writer.sendAck5(RawMqttClient.PUBREL, 9, 0);
      assertThat(writer.expectReason(RawMqttClient.PUBCOMP, 9)).isZero();
    }
  }

  /** Row 29, v5:MQTT-3.3.4-7: one more than offered. */
  @ParameterizedTest
  @CsvSource({"1,false", "2,false", "2,true"})
  void more_unacknowledged_messages_than_offered_get_0x93(int qos, boolean answered) {
    server.gate.limits = limits(5);
    if (!answered) {
      server.gate.holdAnswers();
    }
    try (RawMqttClient writer = client("writer", NOTHING)) {
      for (int id = 1; id <= 5; id++) {
        writer.sendPublish5("t", "x", qos, id);
        if (answered) {
          writer.expectReason(RawMqttClient.PUBREC, id);
        }
      }
      writer.expectNothingBeforePong();
      writer.sendPublish5("t", "x", qos, 6);
      assertThat(writer.expectDisconnect()).isEqualTo(0x93);
    }
    assertThat(server.gate.published).hasSize(5);
    assertThat(server.count("mqtt.malformed", "cause", "receive_maximum_exceeded")).isEqualTo(1);
  }

  /** Row 28, MQTT 5 §4.9: PUBACK, PUBCOMP and a refusing PUBREC give the place back. */
  @Test
  void acknowledged_messages_make_room_for_more() {
    server.gate.limits = limits(2);
    try (RawMqttClient writer = client("writer", NOTHING)) {
      for (int i = 0; i < 10; i++) {
        writer.sendPublish5("t", "x", 1, 1);
        writer.expectReason(RawMqttClient.PUBACK, 1);
        writer.sendPublish5("t", "x", 2, 2);
        writer.expectReason(RawMqttClient.PUBREC, 2);
        writer.sendAck5(RawMqttClient.PUBREL, 2, 0);
        writer.expectReason(RawMqttClient.PUBCOMP, 2);
      }
      server.gate.onPublish = (_, ack) -> ack.refused(0x97);
      for (int i = 0; i < 10; i++) {
        writer.sendPublish5("t", "x", 2, 3);
        assertThat(writer.expectReason(RawMqttClient.PUBREC, 3)).isEqualTo(0x97);
      }
      writer.expectNothingBeforePong();
    }
  }

  /** Row 28, v5:MQTT-4.9.0-3: PUBREL of an unknown id does not raise it above the beginning. */
  @Test
  void quota_is_never_more_than_at_the_beginning() {
    server.gate.limits = limits(2);
    try (RawMqttClient writer = client("writer", NOTHING)) {
      for (int id = 10; id < 20; id++) {
        writer.sendAck5(RawMqttClient.PUBREL, id, 0);
        writer.expectReason(RawMqttClient.PUBCOMP, id);
      }
      server.gate.holdAnswers();
      writer.sendPublish5("t", "x", 1, 1).sendPublish5("t", "x", 1, 2).sendPublish5("t", "x", 1, 3);
      assertThat(writer.expectDisconnect()).isEqualTo(0x93);
    }
  }

  /** v5:MQTT-3.2.2-11, v5:MQTT-3.2.2-14: what CONNACK did not offer. */
  @ParameterizedTest
  @CsvSource({"52,155", "51,154"})
  void message_beyond_the_offer_closes(int firstByte, int code) {
    server.gate.limits =
        ClientLimits.DEFAULT.withOffer(
            new ClientLimits.Offer(16, 0, Qos.AT_LEAST_ONCE, false, true, true));
    try (RawMqttClient writer = client("writer", NOTHING)) {
      writer.send(RawMqttClient.publish5(firstByte, "t", "x", 1, NOTHING));
      assertThat(writer.expectDisconnect()).isEqualTo(code);
    }
  }

  // ---- topic aliases

  /** Row 31, v5:MQTT-3.3.2-7, -12. */
  @Test
  void alias_stands_for_its_topic_until_it_is_given_to_another() {
    try (RawMqttClient writer = client("writer", NOTHING)) {
      writer.send(RawMqttClient.publish5("a/b", "1", 0, 0, alias(16)));
      writer.send(RawMqttClient.publish5("", "2", 0, 0, alias(16)));
      writer.send(RawMqttClient.publish5("c", "3", 0, 0, alias(16)));
      writer.send(RawMqttClient.publish5("", "4", 0, 0, alias(16)));
      writer.expectNothingBeforePong();
      assertThat(server.gate.published.stream().map(InboundPublish::topic))
          .containsExactly("a/b", "a/b", "c", "c");
      assertThat(server.meters.get("mqtt.aliases.bytes").gauge().value()).isEqualTo(1);
    }
    await().until(() -> server.meters.get("mqtt.aliases.bytes").gauge().value() == 0);
  }

  /** Row 31, v5:MQTT-3.3.2-8, -9. */
  @ParameterizedTest
  @CsvSource({"0,t,148", "17,t,148", "65535,t,148", "5,'',130"})
  void alias_that_is_not_valid_closes(int alias, String topic, int code) {
    try (RawMqttClient writer = client("writer", NOTHING)) {
      writer.send(RawMqttClient.publish5(topic, "x", 0, 0, alias(alias)));
      assertThat(writer.expectDisconnect()).isEqualTo(code);
    }
    assertThat(server.gate.published).isEmpty();
  }

  /** Row 31: MQTT 5 §3.3.2.1. */
  @Test
  void empty_topic_without_alias_is_a_protocol_error() {
    try (RawMqttClient writer = client("writer", NOTHING)) {
      writer.send(RawMqttClient.publish5("", "x", 0, 0, NOTHING));
      assertThat(writer.expectDisconnect()).isEqualTo(0x82);
    }
  }

  /** Row 31: known from then on though the message that named it was refused. */
  @Test
  void alias_of_a_refused_message_is_set() {
    server.gate.onPublish = (_, ack) -> ack.refused(0x87);
    try (RawMqttClient writer = client("writer", NOTHING)) {
      writer.send(RawMqttClient.publish5("a", "1", 1, 1, alias(1)));
      assertThat(writer.expectReason(RawMqttClient.PUBACK, 1)).isEqualTo(0x87);
      writer.send(RawMqttClient.publish5("", "2", 1, 2, alias(1)));
      writer.expectReason(RawMqttClient.PUBACK, 2);
    }
    assertThat(server.gate.published.getLast().topic()).isEqualTo("a");
  }

  /** Row 31, v5:MQTT-3.3.2-7: of one connection only. */
  @Test
  void alias_ends_with_its_connection() {
    Bytes lasting = new Bytes().u8(0x11).u32(100);
    try (RawMqttClient writer = client("writer", lasting)) {
      writer.send(RawMqttClient.publish5("a", "1", 0, 0, alias(1)));
      writer.expectNothingBeforePong();
    }
    try (RawMqttClient writer = server.client()) {
      writer.connect5(new Connect("writer").clean(false).properties(lasting));
      writer.send(RawMqttClient.publish5("", "1", 0, 0, alias(1)));
      assertThat(writer.expectDisconnect()).isEqualTo(0x82);
    }
  }

  /** Row 31, v5:MQTT-3.1.2-26, -27: ours, within the client's maximum. */
  @Test
  void repeated_topic_is_sent_as_an_alias_that_the_client_takes() {
    try (RawMqttClient reader = reader("reader", new Bytes().u8(0x22).u16(1), 1)) {
      List<Published5> seen = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        route("a/long/topic", "x", Qos.AT_LEAST_ONCE);
        seen.add(reader.expectPublish5());
        reader.sendAck5(RawMqttClient.PUBACK, i + 1, 0);
      }
      assertThat(seen.stream().map(Published5::topic))
          .containsExactly("a/long/topic", "a/long/topic", "", "");
      assertThat(seen.stream().map(Published5::properties))
          .containsExactly(List.of(), List.of("23=1"), List.of("23=1"), List.of("23=1"));
      for (int i = 0; i < 2; i++) {
        route("another/topic", "x", Qos.AT_MOST_ONCE);
      }
      assertThat(reader.expectPublish5().properties()).isEmpty();
      Published5 taken = reader.expectPublish5();
      assertThat(taken.topic()).isEqualTo("another/topic");
      assertThat(taken.properties()).containsExactly("23=1");
    }
  }

  /** Row 31, v5:MQTT-3.1.2-27. */
  @Test
  void client_that_takes_no_alias_is_sent_none() {
    try (RawMqttClient reader = reader("reader", NOTHING, 0)) {
      for (int i = 0; i < 5; i++) {
        route("a/long/topic", "x", Qos.AT_MOST_ONCE);
        Published5 copy = reader.expectPublish5();
        assertThat(copy.topic()).isEqualTo("a/long/topic");
        assertThat(copy.properties()).isEmpty();
      }
    }
  }

  // ---- to the client

  /** Row 28, v5:MQTT-3.3.4-9, v5:MQTT-4.9.0-1, -2. */
  @Test
  void no_more_are_in_flight_than_the_client_takes() {
    try (RawMqttClient reader = reader("reader", new Bytes().u8(0x21).u16(2), 2)) {
      for (int i = 0; i < 5; i++) {
        route("t", "m" + i, i % 2 == 0 ? Qos.AT_LEAST_ONCE : Qos.EXACTLY_ONCE);
      }
      assertThat(reader.expectPublish5().payload()).isEqualTo("m0");
      assertThat(reader.expectPublish5().payload()).isEqualTo("m1");
      reader.expectNothingBeforePong(); // Other packets flow at quota 0.
      reader.sendAck5(RawMqttClient.PUBACK, 77, 0).sendAck5(RawMqttClient.PUBCOMP, 78, 0);
      reader.expectNothingBeforePong(); // Nobody knows these ids.
      reader.sendAck5(RawMqttClient.PUBREC, 2, 0);
      assertThat(reader.expectReason(RawMqttClient.PUBREL, 2)).isZero();
      reader.expectNothingBeforePong(); // PUBREC gives nothing back.
      reader.sendAck5(RawMqttClient.PUBCOMP, 2, 0);
      assertThat(reader.expectPublish5().payload()).isEqualTo("m2");
      reader.sendAck5(RawMqttClient.PUBACK, 1, 0);
      assertThat(reader.expectPublish5().payload()).isEqualTo("m3");
      reader.sendAck5(RawMqttClient.PUBREC, 4, 0x80); // This one does.
      assertThat(reader.expectPublish5().payload()).isEqualTo("m4");
    }
  }

  /** Row 28, v5:MQTT-4.9.0-3: QoS 0 has no quota. */
  @Test
  void qos_0_flows_at_quota_0() {
    try (RawMqttClient reader = reader("reader", new Bytes().u8(0x21).u16(1), 1)) {
      route("t", "first", Qos.AT_LEAST_ONCE);
      route("t", "waits", Qos.AT_LEAST_ONCE);
      route("t", "flows", Qos.AT_MOST_ONCE);
      assertThat(reader.expectPublish5().payload()).isEqualTo("first");
      assertThat(reader.expectPublish5().payload()).isEqualTo("flows");
      reader.expectNothingBeforePong();
    }
  }

  /** Rows 23 and 28, v5:MQTT-4.4.0-1: within the new Receive Maximum, before new messages. */
  @Test
  void resent_messages_keep_to_the_receive_maximum_of_the_new_connection() {
    try (RawMqttClient reader = reader("reader", lasting(10), 2)) {
      for (int i = 1; i <= 4; i++) {
        route("t", "m" + i, i == 2 ? Qos.EXACTLY_ONCE : Qos.AT_LEAST_ONCE);
        assertThat(reader.expectPublish5().packetId()).isEqualTo(i);
      }
      reader.sendAck5(RawMqttClient.PUBREC, 2, 0);
      reader.expectReason(RawMqttClient.PUBREL, 2);
    }
    await().until(() -> server.engine.connections() == 0);
    route("t", "m5", Qos.AT_LEAST_ONCE);
    try (RawMqttClient reader = server.client()) {
      reader.connect5(new Connect("reader").clean(false).properties(lasting(2)));
      assertThat(reader.expectPublish5()).isEqualTo(copy("m1", 1, true, 1));
      assertThat(reader.expectReason(RawMqttClient.PUBREL, 2)).isZero();
      reader.expectNothingBeforePong();
      reader.sendAck5(RawMqttClient.PUBCOMP, 2, 0);
      assertThat(reader.expectPublish5()).isEqualTo(copy("m3", 1, true, 3));
      reader.expectNothingBeforePong();
      reader.sendAck5(RawMqttClient.PUBACK, 1, 0);
      assertThat(reader.expectPublish5()).isEqualTo(copy("m4", 1, true, 4));
      reader.sendAck5(RawMqttClient.PUBACK, 3, 0);
      assertThat(reader.expectPublish5()).isEqualTo(copy("m5", 1, false, 5));
    }
  }

  /** Row 22, v5:MQTT-4.3.3-4 to -7, -11; row 27. */
  @Test
  void qos_2_flow_is_resumed_where_it_stood() {
    try (RawMqttClient reader = reader("reader", lasting(10), 2)) {
      route("t", "one", Qos.EXACTLY_ONCE);
      route("t", "two", Qos.EXACTLY_ONCE);
      reader.expectPublish5();
      reader.expectPublish5();
      reader.sendAck5(RawMqttClient.PUBREC, 1, 0);
      reader.expectReason(RawMqttClient.PUBREL, 1);
    }
    try (RawMqttClient reader = server.client()) {
      reader.connect5(new Connect("reader").clean(false).properties(lasting(10)));
      assertThat(reader.expectReason(RawMqttClient.PUBREL, 1)).isZero();
      assertThat(reader.expectPublish5()).isEqualTo(copy("two", 2, true, 2));
      reader.sendAck5(RawMqttClient.PUBCOMP, 1, 0);
      reader.sendAck5(RawMqttClient.PUBREC, 2, 0);
      assertThat(reader.expectReason(RawMqttClient.PUBREL, 2)).isZero();
      reader.sendAck5(RawMqttClient.PUBCOMP, 2, 0);
      reader.expectNothingBeforePong();
    }
  }

  /** Row 22, MQTT 5 §3.6.2.1. */
  @Test
  void pubrec_of_an_unknown_id_is_answered_with_pubrel_0x92() {
    try (RawMqttClient reader = reader("reader", NOTHING, 2)) {
      reader.sendAck5(RawMqttClient.PUBREC, 9, 0);
      assertThat(reader.expectReason(RawMqttClient.PUBREL, 9)).isEqualTo(0x92);
    }
  }

  /** Row 24, v5:MQTT-4.4.0-2. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void message_refused_by_the_client_is_over_and_not_sent_again(int qos) {
    List<String> ends = new CopyOnWriteArrayList<>();
    try (RawMqttClient reader = reader("reader", lasting(1), 2)) {
      server.gate.binding("reader").out().send(message("bad", Qos.of(qos)), recording(ends));
      reader.expectPublish5();
      route("t", "next", Qos.AT_LEAST_ONCE);
      int ack = qos == 1 ? RawMqttClient.PUBACK : RawMqttClient.PUBREC;
      reader.sendAck5(ack, 1, 0x83);
      assertThat(reader.expectPublish5().payload()).isEqualTo("next");
    }
    assertThat(ends).containsExactly("dropped");
    try (RawMqttClient reader = server.client()) {
      reader.connect5(new Connect("reader").clean(false).properties(lasting(1)));
      assertThat(reader.expectPublish5().payload()).isEqualTo("next");
      reader.expectNothingBeforePong();
    }
  }

  /** Row 30, v5:MQTT-3.1.2-24, -25: dropped, and its place in the window is free. */
  @Test
  void message_larger_than_the_client_takes_is_dropped_and_the_next_is_sent() {
    List<String> ends = new CopyOnWriteArrayList<>();
    Bytes small = new Bytes().u8(0x27).u32(60).u8(0x21).u16(1);
    try (RawMqttClient reader = reader("reader", small, 2)) {
      for (Qos qos : Qos.values()) {
        server.gate.binding("reader").out().send(message("x".repeat(60), qos), recording(ends));
      }
      route("t", "fits", Qos.AT_LEAST_ONCE);
      assertThat(reader.expectPublish5().payload()).isEqualTo("fits");
      assertThat(ends).containsExactly("dropped", "dropped", "dropped");
      assertThat(server.count("mqtt.messages.dropped", "cause", "packet_too_large")).isEqualTo(3);
      // To the byte: 2 of header, 3 of topic, 1 without properties.
      route("t", "x".repeat(55), Qos.AT_MOST_ONCE);
      route("t", "x".repeat(54), Qos.AT_MOST_ONCE);
      assertThat(reader.expectPublish5().payload()).hasSize(54);
    }
  }

  /** Row 30: also what was in flight to a client that takes less now. */
  @Test
  void resent_message_larger_than_the_client_takes_now_is_dropped() {
    try (RawMqttClient reader = reader("reader", lasting(10), 1)) {
      route("t", "x".repeat(100), Qos.AT_LEAST_ONCE);
      route("t", "small", Qos.AT_LEAST_ONCE);
      reader.expectPublish5();
      reader.expectPublish5();
    }
    try (RawMqttClient reader = server.client()) {
      reader.connect5(new Connect("reader").clean(false).properties(lasting(10).u8(0x27).u32(60)));
      assertThat(reader.expectPublish5()).isEqualTo(copy("small", 1, true, 2));
      reader.expectNothingBeforePong();
    }
  }

  /** Row 30, v5:MQTT-3.14.2-3: the text goes, the reason stays. */
  @Test
  void reason_string_that_does_not_fit_is_left_out() {
    try (RawMqttClient client = client("c", new Bytes().u8(0x27).u32(24))) {
      client.sendHex("30 05 0001 74 01 7F"); // An unknown property.
      assertThat(client.expect(RawMqttClient.DISCONNECT).hex()).isEqualTo("81");
    }
  }

  // ---- message expiry

  /** Row 32, v5:MQTT-3.3.2-6: what is left of it. */
  @Test
  void expiry_is_passed_on_less_what_has_passed() {
    try (RawMqttClient reader = reader("reader", lasting(10), 1)) {
      reader.expectNothingBeforePong();
    }
    await().until(() -> server.engine.connections() == 0);
    try (RawMqttClient writer = client("writer", NOTHING)) {
      writer.send(RawMqttClient.publish5("t", "x", 1, 1, new Bytes().u8(0x02).u32(100)));
      writer.expectReason(RawMqttClient.PUBACK, 1);
    }
    server.clock.advanceMillis(40_000);
    try (RawMqttClient reader = server.client()) {
      reader.connect5(new Connect("reader").clean(false).properties(lasting(10)));
      assertThat(reader.expectPublish5().properties()).containsExactly("02=60");
    }
  }

  /** Row 32, v5:MQTT-3.3.2-5: queued, to a reader of either version. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void expired_message_is_not_delivered_from_the_queue(boolean version5) {
    try (RawMqttClient reader = reader("reader", lasting(10), 1)) {
      reader.expectNothingBeforePong();
    }
    await().until(() -> server.engine.connections() == 0);
    route(expiring("old", 10));
    route("t", "lasting", Qos.AT_LEAST_ONCE);
    server.clock.advanceMillis(10_000);
    try (RawMqttClient reader = server.client()) {
      if (version5) {
        reader.connect5(new Connect("reader").clean(false).properties(lasting(10)));
        assertThat(reader.expectPublish5().payload()).isEqualTo("lasting");
      } else {
        reader.login("reader", false);
        assertThat(reader.expectPublish().payload()).isEqualTo("lasting");
      }
      reader.expectNothingBeforePong();
    }
    assertThat(server.count("mqtt.messages.dropped", "cause", "expired")).isEqualTo(1);
  }

  /** Row 32: a queue full of what nobody wants any more takes new messages. */
  @Test
  void expired_messages_give_way_in_a_full_queue() {
    server.gate.limits = SessionTest.limits(32, 10, ClientLimits.Overflow.DROP_NEWEST);
    try (RawMqttClient reader = reader("reader", lasting(10), 1)) {
      reader.expectNothingBeforePong();
    }
    await().until(() -> server.engine.connections() == 0);
    for (int i = 0; i < 10; i++) {
      route(expiring("old", 10));
    }
    server.clock.advanceMillis(20_000);
    route("t", "new", Qos.AT_LEAST_ONCE);
    try (RawMqttClient reader = server.client()) {
      reader.connect5(new Connect("reader").clean(false).properties(lasting(10)));
      assertThat(reader.expectPublish5().payload()).isEqualTo("new");
    }
  }

  /** Row 22: expiry does not stop a flow that has begun. */
  @Test
  void message_in_flight_is_resent_though_it_has_expired() {
    try (RawMqttClient reader = reader("reader", lasting(10), 2)) {
      route(expiring("begun", 10));
      assertThat(reader.expectPublish5().properties()).containsExactly("02=10");
    }
    server.clock.advanceMillis(60_000);
    try (RawMqttClient reader = server.client()) {
      reader.connect5(new Connect("reader").clean(false).properties(lasting(10)));
      Published5 again = reader.expectPublish5();
      assertThat(again.duplicate()).isTrue();
      assertThat(again.properties()).containsExactly("02=0");
    }
  }

  /** Row 32: retained. */
  @Test
  void retained_message_is_sent_with_what_is_left_and_not_after_its_end() {
    try (RawMqttClient writer = client("writer", NOTHING)) {
      writer.send(RawMqttClient.publish5(0x33, "r", "x", 1, new Bytes().u8(0x02).u32(100)));
      writer.expectReason(RawMqttClient.PUBACK, 1);
    }
    server.clock.advanceMillis(30_000);
    try (RawMqttClient reader = client("reader", NOTHING)) {
      reader.subscribe5(1, 1, NOTHING, "r");
      assertThat(reader.expectPublish5().properties()).containsExactly("02=70");
      server.clock.advanceMillis(70_000);
      reader.subscribe5(2, 1, NOTHING, "r");
      reader.expectNothingBeforePong();
    }
  }

  /** Row 34, v5:MQTT-3.3.4-3, -4: one copy with all identifiers. */
  @Test
  void copy_names_the_identifiers_of_all_matching_subscriptions() {
    try (RawMqttClient reader = client("reader", NOTHING)) {
      reader.subscribe5(1, 0, new Bytes().u8(0x0B).variable(7), "a/+");
      reader.subscribe5(2, 1, new Bytes().u8(0x0B).variable(300_000), "a/#");
      reader.subscribe5(3, 1, NOTHING, "a/b");
      route("a/b", "x", Qos.AT_LEAST_ONCE);
      Published5 copy = reader.expectPublish5();
      assertThat(copy.qos()).isEqualTo(1);
      assertThat(copy.properties()).containsExactlyInAnyOrder("0B=7", "0B=300000");
      reader.expectNothingBeforePong();
    }
  }

  /** Row 25, v5:MQTT-3.3.1-3. */
  @Test
  void dup_of_the_publisher_is_not_passed_on() {
    try (RawMqttClient reader = reader("reader", NOTHING, 1);
        RawMqttClient writer = client("writer", NOTHING)) {
      writer.send(RawMqttClient.publish5(0x3A, "t", "x", 1, NOTHING));
      assertThat(reader.expectPublish5().duplicate()).isFalse();
    }
  }

  private RawMqttClient client(String clientId, Bytes properties) {
    RawMqttClient client = server.client();
    assertThat(client.connect5(new Connect(clientId).properties(properties)).code()).isZero();
    return client;
  }

  /** Subscribed to all topics. */
  private RawMqttClient reader(String clientId, Bytes properties, int qos) {
    RawMqttClient client = client(clientId, properties);
    client.subscribe5(1, qos, NOTHING, "#");
    return client;
  }

  private static Bytes lasting(int receiveMax) {
    return new Bytes().u8(0x11).u32(1_000).u8(0x21).u16(receiveMax);
  }

  private static Bytes alias(int alias) {
    return new Bytes().u8(0x23).u16(alias);
  }

  private static Published5 copy(String payload, int qos, boolean duplicate, int packetId) {
    return new Published5("t", payload, qos, false, duplicate, packetId, List.of());
  }

  private static ClientLimits limits(int receiveMax) {
    ClientLimits base = ClientLimits.DEFAULT;
    return new ClientLimits(
        base.packetBytesMax(),
        base.payloadBytesMax(),
        base.inFlightMax(),
        receiveMax,
        base.queuedMessagesMax(),
        base.queuedBytesMax(),
        base.overflow(),
        base.subscriptionsMax(),
        base.sessionExpiry());
  }

  private static Message message(String payload, Qos qos) {
    return Message.of("t", payload.getBytes(StandardCharsets.UTF_8), qos);
  }

  private Message expiring(String payload, int seconds) {
    return expiring(payload, seconds, server.clock);
  }

  static Message expiring(String payload, int seconds, TestClock clock) {
    return new Message(
            "t",
            payload.getBytes(StandardCharsets.UTF_8),
            Qos.AT_LEAST_ONCE,
            false,
            null,
            new MessageProperties(
                PayloadFormat.UNSPECIFIED, seconds, null, null, null, List.<UserProperty>of()))
        .expiringAt(clock.millis() + seconds * 1_000L);
  }

  private static Delivery recording(List<String> ends) {
    return new Delivery() {
      @Override
      public void delivered() {
        ends.add("delivered");
      }

      @Override
      public void dropped() {
        ends.add("dropped");
      }
    };
  }

  private void route(String topic, String payload, Qos qos) {
    route(Message.of(topic, payload.getBytes(StandardCharsets.UTF_8), qos));
  }

  private void route(Message message) {
    server.engine.route(TestGate.SCOPE, message);
  }
}
