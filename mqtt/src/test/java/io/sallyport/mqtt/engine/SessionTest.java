package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Published;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Sessions across connections: MESSAGING.md section 7 rows 6, 7, 9, 21 to 23. */
class SessionTest {
  @AutoClose private final TestServer server = new TestServer();

  /** Row 6, MQTT-3.2.2-1 to -3. */
  @Test
  void session_present_is_told_exactly() {
    try (RawMqttClient first = server.client()) {
      assertThat(first.login("c", false)).isFalse();
    }
    try (RawMqttClient second = server.client()) {
      assertThat(second.login("c", false)).isTrue();
    }
    try (RawMqttClient clean = server.client()) {
      assertThat(clean.login("c", true)).isFalse();
    }
    try (RawMqttClient afterClean = server.client()) {
      assertThat(afterClean.login("c", false)).isFalse();
    }
  }

  /** MQTT 3.1 section 3.2: the byte that tells it in 3.1.1 is reserved. */
  @Test
  void session_present_is_not_told_in_3_1() {
    Connect old = new Connect("c").protocol("MQIsdp", 3).clean(false);
    try (RawMqttClient first = server.client()) {
      assertThat(first.login(old)).isFalse();
      first.subscribe(1, 1, "t");
    }
    try (RawMqttClient second = server.client()) {
      assertThat(second.login(old)).isFalse();
      second.sendPublish("t", "still subscribed", 0, 0);
      assertThat(second.expectPublish().payload()).isEqualTo("still subscribed");
    }
  }

  /** Row 7, MQTT-3.1.2-6: nothing of a clean session is used again. */
  @Test
  void clean_session_ends_with_its_connection() {
    try (RawMqttClient clean = server.client("c")) {
      clean.subscribe(1, 1, "t");
    }
    await().until(() -> server.engine.sessions() == 0);
    try (RawMqttClient next = server.client()) {
      assertThat(next.login("c", false)).isFalse();
      assertThat(server.gate.binding("c").resumed).isEmpty();
    }
  }

  /** Row 7: a clean start drops subscriptions, queue, window and received ids. */
  @Test
  void clean_start_forgets_what_the_session_held() {
    try (RawMqttClient reader = server.client()) {
      reader.login("reader", false);
      reader.subscribe(1, 1, "t");
    }
    await().until(() -> server.engine.connections() == 0);
    route("t", "missed", Qos.AT_LEAST_ONCE);
    TestGate.Binding before = server.gate.binding("reader");
    try (RawMqttClient reader = server.client("reader")) {
      assertThat(before.sessionEnded).isTrue();
      route("t", "unheard", Qos.AT_LEAST_ONCE);
      reader.expectNothingBeforePong();
    }
  }

  @Test
  void subscriptions_come_back_with_the_session() {
    try (RawMqttClient reader = server.client()) {
      reader.login("reader", false);
      reader.subscribe(1, 1, "a/#", "b");
    }
    try (RawMqttClient reader = server.client()) {
      reader.login("reader", false);
      await()
          .untilAsserted(() ->
              assertThat(server.gate.binding("reader").resumed)
                  .containsExactly(
                      new HeldSubscription("a/#", Qos.AT_LEAST_ONCE),
                      new HeldSubscription("b", Qos.AT_LEAST_ONCE)));
      route("a/x", "hello", Qos.AT_LEAST_ONCE);
      assertThat(reader.expectPublish().payload()).isEqualTo("hello");
    }
  }

  @Test
  void messages_missed_while_offline_come_in_order_and_qos_0_does_not() {
    try (RawMqttClient reader = server.client()) {
      reader.login("reader", false);
      reader.subscribe(1, 2, "t");
    }
    await().until(() -> server.engine.connections() == 0);
    for (int i = 0; i < 100; i++) {
      assertThat(route("t", "m" + i, i % 2 == 0 ? Qos.AT_LEAST_ONCE : Qos.AT_MOST_ONCE))
          .isEqualTo(1 - i % 2);
    }
    try (RawMqttClient reader = server.client()) {
      assertThat(reader.login("reader", false)).isTrue();
      for (int i = 0; i < 100; i += 2) {
        Published message = reader.expectPublish();
        assertThat(message.payload()).isEqualTo("m" + i);
        assertThat(message.duplicate()).isFalse();
        reader.sendAck(RawMqttClient.PUBACK, message.packetId());
      }
      reader.expectNothingBeforePong();
    }
  }

  /** Row 23, MQTT-4.4.0-1, MQTT-3.3.1-1, MQTT-4.6.0-1; row 22, MQTT-4.3.3-1. */
  @Test
  void what_was_in_flight_is_resent_in_order_with_the_same_ids_before_new_messages() {
    try (RawMqttClient reader = server.client()) {
      reader.login("reader", false);
      reader.subscribe(1, 2, "t");
      route("t", "one", Qos.AT_LEAST_ONCE);
      route("t", "two", Qos.EXACTLY_ONCE);
      route("t", "three", Qos.EXACTLY_ONCE);
      assertThat(reader.expectPublish().packetId()).isEqualTo(1);
      assertThat(reader.expectPublish().packetId()).isEqualTo(2);
      assertThat(reader.expectPublish().packetId()).isEqualTo(3);
      reader.sendAck(RawMqttClient.PUBREC, 2);
      assertThat(reader.expectAck(RawMqttClient.PUBREL)).isEqualTo(2);
    }
    await().until(() -> server.engine.connections() == 0);
    route("t", "four", Qos.AT_LEAST_ONCE);
    try (RawMqttClient reader = server.client()) {
      assertThat(reader.login("reader", false)).isTrue();
      assertThat(reader.expectPublish()).isEqualTo(new Published("t", "one", 1, false, true, 1));
      assertThat(reader.expectAck(RawMqttClient.PUBREL)).isEqualTo(2);
      assertThat(reader.expectPublish()).isEqualTo(new Published("t", "three", 2, false, true, 3));
      assertThat(reader.expectPublish()).isEqualTo(new Published("t", "four", 1, false, false, 4));
      reader.sendAck(RawMqttClient.PUBCOMP, 2);
      reader.expectNothingBeforePong();
    }
  }

  /** Row 23: no resending while connected. */
  @Test
  void unacknowledged_message_is_not_resent_while_connected() {
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "t");
      route("t", "once", Qos.AT_LEAST_ONCE);
      reader.expectPublish();
      reader.expectSilence(700);
    }
  }

  /** Row 21, MQTT-4.3.3-2. */
  @Test
  void qos_2_message_resent_before_pubrel_is_not_delivered_twice_across_reconnects() {
    try (RawMqttClient writer = server.client()) {
      writer.login("writer", false);
      writer.sendPublish("t", "x", 2, 5);
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(5);
      writer.send(RawMqttClient.publish("t", "x", 2, 5, false, true));
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(5);
    }
    try (RawMqttClient writer = server.client()) {
      assertThat(writer.login("writer", false)).isTrue();
      writer.send(RawMqttClient.publish("t", "x", 2, 5, false, true));
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(5);
      writer.sendAck(RawMqttClient.PUBREL, 5);
      assertThat(writer.expectAck(RawMqttClient.PUBCOMP)).isEqualTo(5);
      assertThat(server.gate.published).hasSize(1);
      writer.sendPublish("t", "another", 2, 5);
      writer.expectAck(RawMqttClient.PUBREC);
      assertThat(server.gate.published).hasSize(2);
    }
  }

  /** Row 21: the answer that was open when the connection broke counts on the next one. */
  @Test
  void qos_2_message_resent_before_its_first_answer_shares_that_answer()
      throws InterruptedException {
    server.gate.holdAnswers();
    try (RawMqttClient writer = server.client()) {
      writer.login("writer", false);
      writer.sendPublish("t", "x", 2, 5);
      await().until(() -> server.gate.held.size() == 1);
    }
    Ack first = server.gate.held.take();
    try (RawMqttClient writer = server.client()) {
      writer.login("writer", false);
      writer.send(RawMqttClient.publish("t", "x", 2, 5, false, true));
      writer.expectNothingBeforePong();
      first.accepted();
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(5);
      assertThat(server.gate.published).hasSize(1);
    }
  }

  /** Row 21: bound on open ids. */
  @Test
  void too_many_unreleased_ids_close_the_connection() {
    try (RawMqttClient writer = server.client("writer")) {
      for (int id = 1; id <= 1_000; id++) {
        writer.sendPublish("t", "x", 2, id);
        writer.expectAck(RawMqttClient.PUBREC);
      }
      writer.sendPublish("t", "x", 2, 1_001);
      writer.expectClosed();
      assertThat(server.gate.published).hasSize(1_000);
    }
  }

  /** Row 9, MQTT-3.1.4-2. */
  @Test
  void later_connection_takes_the_session_over() {
    try (RawMqttClient old = server.client();
        RawMqttClient next = server.client()) {
      old.login("c", false);
      old.subscribe(1, 1, "t");
      TestGate.Binding before = server.gate.binding("c");
      assertThat(next.login("c", false)).isTrue();
      old.expectClosed();
      assertThat(before.closed).isEqualTo(CloseReason.TAKEN_OVER);
      assertThat(before.sessionEnded).isFalse();
      route("t", "x", Qos.AT_LEAST_ONCE);
      assertThat(next.expectPublish().payload()).isEqualTo("x");
      assertThat(server.engine.connections()).isEqualTo(1);
    }
  }

  /** Row 9: no message is lost while connections take each other over; order holds. */
  @Test
  void no_message_is_lost_while_the_session_moves() throws InterruptedException {
    int messages = 2_000;
    server.gate.limits = limits(32, 10_000, ClientLimits.Overflow.DROP_NEWEST);
    RawMqttClient reader = server.client();
    reader.login("reader", false);
    reader.subscribe(1, 1, "t");
    Thread router =
        Thread.ofVirtual()
            .start(() -> {
              for (int i = 0; i < messages; i++) {
                route("t", "m" + i, Qos.AT_LEAST_ONCE);
              }
            });
    List<String> seen = new ArrayList<>();
    int next = 0;
    while (next < messages) {
      for (int i = 0; i < 50 && next < messages; i++) {
        Published message = reader.expectPublish();
        int number = Integer.parseInt(message.payload().substring(1));
        if (number >= next) { // Others are repetitions of what was in flight.
          assertThat(number).isEqualTo(next);
          seen.add(message.payload());
          next++;
        } else {
          assertThat(message.duplicate()).isTrue();
        }
        reader.sendAck(RawMqttClient.PUBACK, message.packetId());
      }
      RawMqttClient successor = server.client();
      assertThat(successor.login("reader", false)).isTrue();
      reader.close();
      reader = successor;
    }
    router.join();
    reader.close();
    assertThat(seen).hasSize(messages);
  }

  /** Row 9: ten at once leave one. */
  @RepeatedTest(5)
  void of_connections_racing_for_one_session_one_is_left() {
    List<RawMqttClient> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      clients.add(server.client());
    }
    clients.forEach(client -> client.send(RawMqttClient.connect("racer", false, 0)));
    await()
        .untilAsserted(() -> {
          assertThat(server.gate.bindings).hasSize(10);
          assertThat(server.gate.bindings.stream().filter(b -> b.closed == null)).hasSize(1);
        });
    assertThat(server.engine.connections()).isEqualTo(1);
    assertThat(server.engine.sessions()).isEqualTo(1);
    assertThat(
            server.gate.bindings.stream()
                .filter(b -> b.closed != null)
                .allMatch(b -> b.closed == CloseReason.TAKEN_OVER))
        .isTrue();
    clients.forEach(RawMqttClient::close);
  }

  @Test
  void session_expires_after_its_time_offline() {
    server.gate.limits = withExpiry(Duration.ofMillis(300));
    try (RawMqttClient client = server.client()) {
      client.login("c", false);
      client.subscribe(1, 1, "t");
    }
    await().until(() -> server.engine.sessions() == 0);
    assertThat(server.gate.binding("c").life).containsExactly("opened", "closed", "session ended");
    assertThat(route("t", "x", Qos.AT_LEAST_ONCE)).isZero();
  }

  /** A gate whose clients are owned by what stands before the dot of their client id. */
  private void ownByName() {
    server.gate.admission =
        request ->
            server.gate.letIn(request) instanceof Admission.Admitted in
                ? new Admission.Admitted(
                    new SessionKey(
                        TestGate.SCOPE,
                        in.session().clientId().split("\\.", 2)[0],
                        in.session().clientId()),
                    in.binding(),
                    in.limits())
                : new Admission.Refused(ConnectRefusal.NOT_AUTHORIZED);
  }

  @Test
  void all_sessions_of_an_owner_end_with_it_and_no_others() {
    ownByName();
    try (RawMqttClient offline = server.client()) {
      offline.login("gone.offline", false);
    }
    try (RawMqttClient other = server.client()) {
      other.login("stays.offline", false);
    }
    await().until(() -> server.engine.connections() == 0);
    try (RawMqttClient online = server.client();
        RawMqttClient bystander = server.client("stays.online")) {
      online.login("gone.online", false);

      server.engine.endSessions(TestGate.SCOPE, "gone");

      online.expectClosed();
      bystander.expectNothingBeforePong();
      await().until(() -> server.engine.sessions() == 2);
    }
    assertThat(server.gate.binding("gone.offline").sessionEnded).isTrue();
    assertThat(server.gate.binding("gone.online").closed).isEqualTo(CloseReason.REVOKED);
    try (RawMqttClient back = server.client()) {
      assertThat(back.login("gone.offline", false)).isFalse();
    }
    try (RawMqttClient back = server.client()) {
      assertThat(back.login("stays.offline", false)).isTrue();
    }
  }

  @Test
  void all_sessions_of_a_scope_end_with_it() {
    try (RawMqttClient offline = server.client()) {
      offline.login("c", false);
    }
    await().until(() -> server.engine.connections() == 0);

    server.engine.endSessions(new Scope("test", 2));
    assertThat(server.engine.sessions()).isEqualTo(1);
    server.engine.endSessions(TestGate.SCOPE);

    await().until(() -> server.engine.sessions() == 0);
  }

  @Test
  void more_offline_sessions_than_the_bound_are_not_kept() {
    MqttConfig base = MqttConfig.DEFAULT;
    MqttConfig config =
        new MqttConfig(
            base.codec(),
            base.logins(),
            base.timeouts(),
            new MqttConfig.Sessions(
                2, 2, 1_000, 1 << 20, 10_000, 1 << 20, 1 << 20, 1 << 20, 1 << 20),
            base.subscriptions(),
            base.retained());
    try (TestServer small = new TestServer(config)) {
      for (int i = 0; i < 5; i++) {
        try (RawMqttClient client = small.client()) {
          client.login("c" + i, false);
        }
      }
      await().until(() -> small.engine.connections() == 0);
      await().until(() -> small.engine.sessions() == 2);
      try (RawMqttClient back = small.client()) {
        assertThat(back.login("c0", false)).isTrue();
      }
    }
  }

  /** THREATS T32: queued and in-flight copies pass the rights in force when they are sent. */
  @Test
  void right_lost_while_offline_keeps_back_what_was_queued_and_in_flight() {
    try (RawMqttClient reader = server.client()) {
      reader.login("reader", false);
      reader.subscribe(1, 1, "#");
      route("secret", "in flight", Qos.AT_LEAST_ONCE);
      reader.expectPublish();
    }
    await().until(() -> server.engine.connections() == 0);
    route("secret", "queued", Qos.AT_LEAST_ONCE);
    route("open", "still allowed", Qos.AT_LEAST_ONCE);
    server.gate.mayDeliver = message -> !message.topic().equals("secret");
    try (RawMqttClient reader = server.client()) {
      reader.login("reader", false);
      assertThat(reader.expectPublish().payload()).isEqualTo("still allowed");
      reader.expectNothingBeforePong();
    }
  }

  static ClientLimits limits(int inFlight, int queued, ClientLimits.Overflow overflow) {
    ClientLimits base = ClientLimits.DEFAULT;
    return new ClientLimits(
        base.packetBytesMax(),
        base.payloadBytesMax(),
        inFlight,
        base.receiveMax(),
        queued,
        base.queuedBytesMax(),
        overflow,
        base.subscriptionsMax(),
        base.sessionExpiry());
  }

  private static ClientLimits withExpiry(Duration expiry) {
    ClientLimits base = ClientLimits.DEFAULT;
    return new ClientLimits(
        base.packetBytesMax(),
        base.payloadBytesMax(),
        base.inFlightMax(),
        base.receiveMax(),
        base.queuedMessagesMax(),
        base.queuedBytesMax(),
        base.overflow(),
        base.subscriptionsMax(),
        expiry);
  }

  private int route(String topic, String payload, Qos qos) {
    return server.engine.route(
        TestGate.SCOPE, Message.of(topic, payload.getBytes(StandardCharsets.UTF_8), qos));
  }
}
