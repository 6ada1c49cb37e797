package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Outbound;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Published;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages in both directions: MESSAGING.md section 7 rows 20 to 22, 25 to 27. */
class FlowTest {
  @AutoClose private final TestServer server = new TestServer();

  /** Row 20: PUBACK only when owned. */
  @Test
  void puback_waits_for_the_contracts_answer() throws InterruptedException {
    server.gate.holdAnswers();
    try (RawMqttClient writer = server.client("writer")) {
      writer.sendPublish("t", "x", 1, 3);
      Ack ack = server.gate.held.take();
      writer.expectNothingBeforePong();
      ack.accepted();
      assertThat(writer.expectAck(RawMqttClient.PUBACK)).isEqualTo(3);
    }
  }

  /** Row 20, v5:MQTT-4.3.2-5: the same id after PUBACK is a new message even with DUP. */
  @Test
  void same_id_after_puback_is_a_new_message() {
    try (RawMqttClient writer = server.client("writer")) {
      writer.sendPublish("t", "first", 1, 3);
      writer.expectAck(RawMqttClient.PUBACK);
      writer.send(RawMqttClient.publish("t", "second", 1, 3, false, true));
      writer.expectAck(RawMqttClient.PUBACK);
      assertThat(server.gate.published).hasSize(2);
    }
  }

  /** MQTT-4.6.0-2: acknowledgements leave in the order of arrival. */
  @Test
  void answers_given_out_of_order_leave_in_order() throws InterruptedException {
    server.gate.holdAnswers();
    try (RawMqttClient writer = server.client("writer")) {
      writer.sendPublish("t", "1", 1, 11);
      writer.sendPublish("t", "2", 2, 12);
      writer.sendPublish("t", "3", 1, 13);
      List<Ack> acks = List.of(take(), take(), take());
      acks.get(2).accepted();
      acks.get(1).accepted();
      writer.expectNothingBeforePong();
      acks.get(0).accepted();
      assertThat(writer.expectAck(RawMqttClient.PUBACK)).isEqualTo(11);
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(12);
      assertThat(writer.expectAck(RawMqttClient.PUBACK)).isEqualTo(13);
    }
  }

  /** An unanswered QoS 0 message holds up no acknowledgement. */
  @Test
  void qos_0_message_has_no_place_in_the_order_of_acknowledgements() throws InterruptedException {
    server.gate.holdAnswers();
    try (RawMqttClient writer = server.client("writer")) {
      writer.sendPublish("t", "0", 0, 0);
      writer.sendPublish("t", "1", 1, 1);
      take();
      take().accepted();
      assertThat(writer.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
    }
  }

  /** MQTT-3.3.5-2, the choice for 3.x: acknowledged and discarded. */
  @Test
  void refused_publish_is_acknowledged_and_counted() {
    server.gate.onPublish = (_, ack) -> ack.refused(0x87);
    try (RawMqttClient writer = server.client("writer")) {
      writer.sendPublish("t", "x", 1, 1);
      assertThat(writer.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
      writer.sendPublish("t", "x", 2, 2);
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(2);
      writer.sendAck(RawMqttClient.PUBREL, 2);
      assertThat(writer.expectAck(RawMqttClient.PUBCOMP)).isEqualTo(2);
      assertThat(server.meters.get("mqtt.publishes.refused").counter().count()).isEqualTo(2);
    }
  }

  /** MESSAGING.md section 5.4: passing trouble is never a negative acknowledgement. */
  @Test
  void contract_that_closes_leaves_the_message_unacknowledged() {
    server.gate.onPublish = (_, ack) -> ack.close(CloseReason.STORAGE_UNAVAILABLE);
    try (RawMqttClient writer = server.client("writer")) {
      writer.sendPublish("t", "x", 1, 1).expectClosed();
      await()
          .untilAsserted(() ->
              assertThat(server.gate.binding("writer").closed)
                  .isEqualTo(CloseReason.STORAGE_UNAVAILABLE));
    }
  }

  @Test
  void answering_twice_is_a_loud_mistake() throws InterruptedException {
    server.gate.holdAnswers();
    try (RawMqttClient writer = server.client("writer")) {
      writer.sendPublish("t", "x", 1, 1);
      Ack ack = take();
      ack.accepted();
      assertThatIllegalStateException().isThrownBy(ack::accepted);
    }
  }

  /** MESSAGING.md section 4: for 3.x reading pauses at the receive maximum. */
  @Test
  void reading_pauses_while_too_many_publishes_are_unanswered() throws InterruptedException {
    server.gate.holdAnswers();
    try (RawMqttClient writer = server.client("writer")) {
      for (int id = 1; id <= 250; id++) {
        writer.sendPublish("t", "x", id % 2, id);
      }
      writer.sendPing();
      await().until(() -> server.gate.held.size() == 100);
      writer.expectSilence(200);
      assertThat(server.gate.published).hasSize(100);
      for (int i = 0; i < 250; i++) {
        take().accepted();
      }
      List<Integer> acknowledged = new ArrayList<>();
      while (acknowledged.size() < 125) {
        RawMqttClient.Packet packet = writer.read();
        if (packet.type() == RawMqttClient.PUBACK) {
          acknowledged.add(packet.packetId());
        }
      }
      assertThat(acknowledged).isSorted().doesNotHaveDuplicates();
    }
  }

  /** Row 11: a DISCONNECT that came before the end counts, though it was read late. */
  @Test
  void what_was_sent_before_the_end_is_still_taken_after_a_pause() throws InterruptedException {
    server.gate.holdAnswers();
    RawMqttClient writer = server.client();
    writer.login(new RawMqttClient.Connect("writer").will("will", "w", 0, false));
    for (int i = 0; i < 150; i++) {
      writer.sendPublish("t", "x", 0, 0);
    }
    writer.sendDisconnect();
    await().until(() -> server.gate.held.size() == 100);
    writer.close();
    for (int i = 0; i < 150; i++) {
      take().accepted();
    }
    await()
        .untilAsserted(() ->
            assertThat(server.gate.binding("writer").closed)
                .isEqualTo(CloseReason.CLIENT_DISCONNECTED));
    assertThat(server.gate.wills).isEmpty();
  }

  /** Row 22: PUBREL of an unknown id gets PUBCOMP. */
  @Test
  void pubrel_of_an_unknown_id_is_completed() {
    try (RawMqttClient client = server.client("c")) {
      client.sendAck(RawMqttClient.PUBREL, 77);
      assertThat(client.expectAck(RawMqttClient.PUBCOMP)).isEqualTo(77);
    }
  }

  @Test
  void acknowledgements_of_unknown_ids_do_no_harm() {
    try (RawMqttClient client = server.client("c")) {
      client.sendAck(RawMqttClient.PUBACK, 5);
      client.sendAck(RawMqttClient.PUBCOMP, 5);
      client.sendAck(RawMqttClient.PUBREC, 6);
      assertThat(client.expectAck(RawMqttClient.PUBREL)).isEqualTo(6);
      client.expectNothingBeforePong();
    }
  }

  @Test
  void acknowledgement_of_the_wrong_kind_closes() {
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 2, "t");
      route("t", "x", Qos.EXACTLY_ONCE);
      reader.sendAck(RawMqttClient.PUBACK, reader.expectPublish().packetId());
      reader.expectClosed();
    }
  }

  /** Row 25, MQTT-3.3.1-3. */
  @Test
  void duplicate_flag_of_the_publisher_is_not_passed_on() {
    try (RawMqttClient reader = server.client("reader");
        RawMqttClient writer = server.client("writer")) {
      reader.subscribe(1, 1, "t");
      writer.send(RawMqttClient.publish("t", "x", 1, 1, false, true));
      assertThat(reader.expectPublish()).isEqualTo(new Published("t", "x", 1, false, false, 1));
    }
  }

  /** Row 26, MQTT-4.6.0-5, -6: also while a queue drains and messages arrive. */
  @Test
  void order_of_a_publisher_is_kept_through_a_full_window() {
    try (RawMqttClient reader = server.client("reader");
        RawMqttClient writer = server.client("writer")) {
      reader.subscribe(1, 1, "t");
      for (int i = 0; i < 500; i++) {
        writer.sendPublish("t", "m" + i, 1, i + 1);
        writer.expectAck(RawMqttClient.PUBACK);
      }
      for (int i = 0; i < 500; i++) {
        Published message = reader.expectPublish();
        assertThat(message.payload()).isEqualTo("m" + i);
        reader.sendAck(RawMqttClient.PUBACK, message.packetId());
      }
    }
  }

  /** Row 27: at most the window in flight; ids are never 0 and never two at a time. */
  @Test
  void no_more_than_the_window_is_in_flight() {
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "t");
      for (int i = 0; i < 40; i++) {
        route("t", "m" + i, Qos.AT_LEAST_ONCE);
      }
      for (int id = 1; id <= 32; id++) {
        assertThat(reader.expectPublish().packetId()).isEqualTo(id);
      }
      reader.expectNothingBeforePong();
      reader.sendAck(RawMqttClient.PUBACK, 20);
      assertThat(reader.expectPublish().packetId()).isEqualTo(33);
      reader.expectNothingBeforePong();
    }
  }

  @ParameterizedTest
  @EnumSource(ClientLimits.Overflow.class)
  void full_queue_gives_way_by_its_policy(ClientLimits.Overflow overflow) {
    server.gate.limits = SessionTest.limits(1, 3, overflow);
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "t");
      Outbound out = server.gate.binding("reader").out();
      List<String> ends = new CopyOnWriteArrayList<>();
      for (int i = 0; i < 6; i++) {
        out.send(message("m" + i), recording("m" + i, ends));
      }
      if (overflow == ClientLimits.Overflow.DISCONNECT) {
        await()
            .untilAsserted(() ->
                assertThat(server.gate.binding("reader").closed).isEqualTo(CloseReason.QUEUE_FULL));
        return;
      }
      await().until(() -> ends.size() == 2);
      List<String> received = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Published message = reader.expectPublish();
        received.add(message.payload());
        reader.sendAck(RawMqttClient.PUBACK, message.packetId());
      }
      reader.expectNothingBeforePong();
      boolean oldest = overflow == ClientLimits.Overflow.DROP_OLDEST;
      assertThat(received)
          .isEqualTo(oldest ? List.of("m0", "m3", "m4", "m5") : List.of("m0", "m1", "m2", "m3"));
      assertThat(ends)
          .containsExactlyInAnyOrder(
              "delivered m0",
              oldest ? "dropped m1" : "delivered m1",
              oldest ? "dropped m2" : "delivered m2",
              "delivered m3",
              oldest ? "delivered m4" : "dropped m4",
              oldest ? "delivered m5" : "dropped m5");
    }
  }

  @Test
  void outcome_of_each_qos_is_told_once() {
    try (RawMqttClient reader = server.client("reader")) {
      Outbound out = server.gate.binding("reader").out();
      AtomicInteger delivered = new AtomicInteger();
      AtomicInteger dropped = new AtomicInteger();
      for (Qos qos : Qos.values()) {
        out.send(new Message("t", new byte[1], qos, false, null), counting(delivered, dropped));
      }
      reader.expectPublish();
      await().untilAsserted(() -> assertThat(delivered).hasValue(1));
      reader.sendAck(RawMqttClient.PUBACK, reader.expectPublish().packetId());
      await().untilAsserted(() -> assertThat(delivered).hasValue(2));
      int id = reader.expectPublish().packetId();
      reader.sendAck(RawMqttClient.PUBREC, id).sendAck(RawMqttClient.PUBCOMP, id);
      await().untilAsserted(() -> assertThat(delivered).hasValue(3));
      assertThat(dropped).hasValue(0);
    }
  }

  @Test
  void what_a_clean_session_leaves_behind_is_told_as_dropped() {
    AtomicInteger delivered = new AtomicInteger();
    AtomicInteger dropped = new AtomicInteger();
    RawMqttClient reader = server.client("reader");
    Outbound out = server.gate.binding("reader").out();
    for (int i = 0; i < 50; i++) {
      out.send(message("m"), counting(delivered, dropped));
    }
    reader.expectPublish();
    reader.close();
    await().untilAsserted(() -> assertThat(dropped).hasValue(50));
    out.send(message("late"), counting(delivered, dropped));
    await().untilAsserted(() -> assertThat(dropped).hasValue(51));
    assertThat(delivered).hasValue(0);
  }

  /** A reader that does not read costs a bounded amount, and others nothing. */
  @Test
  void qos_0_for_a_slow_reader_is_bounded_and_the_newest_dropped() {
    try (RawMqttClient slow = server.client("slow")) {
      slow.subscribe(1, 0, "t");
      byte[] payload = new byte[64 * 1024];
      for (int i = 0; i < 400; i++) {
        server.engine.route(TestGate.SCOPE, Message.of("t", payload, Qos.AT_MOST_ONCE));
      }
      await()
          .untilAsserted(() ->
              assertThat(
                      server.count("mqtt.messages.dropped", "cause", "slow_reader")
                          + server.count("mqtt.messages.dropped", "cause", "queue_full"))
                  .isPositive());
      int received = 0;
      slow.sendPing();
      while (slow.read().type() == RawMqttClient.PUBLISH) {
        received++;
      }
      assertThat(received).isBetween(1, 399);
    }
  }

  /** Delivery from a foreign thread, many sessions: one wake-up serves them all. */
  @Test
  void fan_out_reaches_every_subscriber() {
    List<RawMqttClient> readers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      RawMqttClient reader = server.client("reader" + i);
      reader.subscribe(1, 1, "t");
      readers.add(reader);
    }
    assertThat(route("t", "x", Qos.AT_LEAST_ONCE)).isEqualTo(50);
    for (RawMqttClient reader : readers) {
      assertThat(reader.expectPublish().payload()).isEqualTo("x");
      reader.close();
    }
  }

  private Ack take() throws InterruptedException {
    return server.gate.held.take();
  }

  private int route(String topic, String payload, Qos qos) {
    return server.engine.route(
        TestGate.SCOPE, Message.of(topic, payload.getBytes(StandardCharsets.UTF_8), qos));
  }

  private static Message message(String payload) {
    return Message.of("t", payload.getBytes(StandardCharsets.UTF_8), Qos.AT_LEAST_ONCE);
  }

  private static Delivery recording(String name, List<String> ends) {
    return new Delivery() {
      @Override
      public void delivered() {
        ends.add("delivered " + name);
      }

      @Override
      public void dropped() {
        ends.add("dropped " + name);
      }
    };
  }

  private static Delivery counting(AtomicInteger delivered, AtomicInteger dropped) {
    return new Delivery() {
      @Override
      public void delivered() {
        delivered.incrementAndGet();
      }

      @Override
      public void dropped() {
        dropped.incrementAndGet();
      }
    };
  }
}
