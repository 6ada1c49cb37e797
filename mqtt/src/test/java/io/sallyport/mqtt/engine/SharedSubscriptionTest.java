package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Published;
import io.sallyport.mqtt.SubscribeOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Row 40 of MESSAGING.md section 7: {@code $share} in 3.1.1, and what 5 shares with it. */
class SharedSubscriptionTest {
  @AutoClose private final TestServer server = new TestServer();

  /** v5:MQTT-4.8.2-3. */
  @Test
  void each_message_goes_to_one_member_in_turn() {
    try (RawMqttClient a = server.client("a");
        RawMqttClient b = server.client("b");
        RawMqttClient c = server.client("c")) {
      List<RawMqttClient> members = List.of(a, b, c);
      members.forEach(member -> assertThat(member.subscribe(1, 1, "$share/g/t/#")).isEqualTo("01"));
      for (int i = 0; i < 30; i++) {
        assertThat(route("t/" + i, Qos.AT_LEAST_ONCE)).isEqualTo(1);
      }
      List<String> topics = new ArrayList<>();
      for (RawMqttClient member : members) {
        for (int i = 0; i < 10; i++) {
          topics.add(member.expectPublish().topic());
        }
        member.expectNothingBeforePong();
      }
      assertThat(topics).doesNotHaveDuplicates().hasSize(30);
    }
  }

  /** v5:MQTT-4.8.2-3: of its own subscription, not of the group's first. */
  @Test
  void member_gets_its_own_qos() {
    try (RawMqttClient low = server.client("low");
        RawMqttClient high = server.client("high")) {
      low.subscribe(1, 0, "$share/g/t");
      high.subscribe(1, 2, "$share/g/t");
      route("t", Qos.EXACTLY_ONCE);
      route("t", Qos.EXACTLY_ONCE);
      assertThat(low.expectPublish().qos()).isZero();
      assertThat(high.expectPublish().qos()).isEqualTo(2);
    }
  }

  /** THREATS T30, T37. */
  @Test
  void groups_of_different_owners_do_not_mix() {
    try (RawMqttClient mine = server.client("x:1");
        RawMqttClient theirs = server.client("y:1")) {
      mine.subscribe(1, 1, "$share/g/t");
      theirs.subscribe(1, 1, "$share/g/t");
      assertThat(route("t", Qos.AT_LEAST_ONCE)).isEqualTo(2);
      mine.expectPublish();
      theirs.expectPublish();
    }
  }

  /** THREATS T37: a rule names them shared. */
  @Test
  void contract_may_share_a_group_among_owners() {
    server.gate.onSubscribe =
        _ ->
            new SubscribeOutcome.Granted(
                TestGate.SCOPE, Qos.EXACTLY_ONCE, true, Optional.of("rule 7"));
    try (RawMqttClient one = server.client("x:1");
        RawMqttClient other = server.client("y:1")) {
      one.subscribe(1, 1, "$share/g/t");
      other.subscribe(1, 1, "$share/g/t");
      assertThat(route("t", Qos.AT_LEAST_ONCE)).isEqualTo(1);
      assertThat(route("t", Qos.AT_LEAST_ONCE)).isEqualTo(1);
      one.expectPublish();
      other.expectPublish();
    }
  }

  /** MQTT 5 §4.8.2: other name, other filter, or not shared at all: a copy each. */
  @Test
  void client_gets_a_copy_for_each_group_and_one_for_its_own_filters() {
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "$share/g/t", "$share/h/t", "$share/g/+", "t", "#");
      assertThat(route("t", Qos.AT_LEAST_ONCE)).isEqualTo(4);
      for (int i = 0; i < 4; i++) {
        reader.expectPublish();
      }
      reader.expectNothingBeforePong();
    }
  }

  /** Row 38, MQTT 5 §4.8.2. */
  @Test
  void retained_messages_are_not_sent_to_shared_subscriptions() {
    server.engine.routeRetained(
        TestGate.SCOPE, new Message("t", new byte[1], Qos.AT_LEAST_ONCE, true, null));
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "$share/g/t");
      reader.expectNothingBeforePong();
    }
  }

  /** Row 39, MQTT-4.7.2-1. */
  @Test
  void shared_wildcard_does_not_reach_dollar_topics() {
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "$share/g/#");
      assertThat(route("$SYS/x", Qos.AT_LEAST_ONCE)).isZero();
    }
  }

  /** v5:MQTT-4.8.2-1, -2; MESSAGING.md section 8, {@code $share} malformed. */
  @ParameterizedTest
  @ValueSource(strings = {"$share/g", "$share/g/", "$share//t", "$share/+/t", "$share/"})
  void malformed_share_is_refused_in_3_1_1(String filter) {
    try (RawMqttClient reader = server.client("reader")) {
      assertThat(reader.subscribe(1, 1, "before", filter, "after")).isEqualTo("018001");
      assertThat(route("t", Qos.AT_LEAST_ONCE)).isZero();
    }
  }

  @Test
  void subscription_that_the_contract_delivers_itself_can_not_be_shared() {
    server.gate.onSubscribe =
        _ -> new SubscribeOutcome.Granted(TestGate.SCOPE, Qos.AT_LEAST_ONCE, false);
    try (RawMqttClient reader = server.client("reader")) {
      assertThat(reader.subscribe(1, 1, "$share/g/t")).isEqualTo("80");
      assertThat(server.gate.binding("reader").unsubscribed).containsExactly("$share/g/t");
    }
  }

  /** MESSAGING.md section 8: groups per tenant, members per group. */
  @Test
  void groups_and_members_are_bounded() {
    MqttConfig base = MqttConfig.DEFAULT;
    MqttConfig config =
        new MqttConfig(
            base.codec(),
            base.logins(),
            base.timeouts(),
            base.sessions(),
            new MqttConfig.Subscriptions(2, 1, 10_000, 1 << 20, 1 << 20),
            base.retained());
    try (TestServer small = new TestServer(config);
        RawMqttClient one = small.client("one");
        RawMqttClient other = small.client("other")) {
      assertThat(one.subscribe(1, 1, "$share/g/1", "$share/g/2", "$share/g/3")).isEqualTo("010180");
      assertThat(other.subscribe(1, 1, "$share/g/1")).isEqualTo("80");
      assertThat(small.gate.binding("one").unsubscribed).containsExactly("$share/g/3");
      assertThat(small.meters.get("mqtt.shared.refused").counter().count()).isEqualTo(2);
    }
  }

  @Test
  void full_member_is_passed_over() {
    server.gate.limits = withWindow(2);
    try (RawMqttClient silent = server.client("silent");
        RawMqttClient diligent = server.client("diligent")) {
      silent.subscribe(1, 1, "$share/g/t");
      diligent.subscribe(1, 1, "$share/g/t");
      for (int i = 0; i < 4; i++) {
        route("t", Qos.AT_LEAST_ONCE);
      }
      silent.expectPublish();
      silent.expectPublish();
      silent.expectNothingBeforePong();
      for (int i = 0; i < 2; i++) {
        diligent.sendAck(RawMqttClient.PUBACK, diligent.expectPublish().packetId());
      }
      diligent.expectNothingBeforePong();
      for (int i = 0; i < 20; i++) {
        route("t", Qos.AT_LEAST_ONCE);
        diligent.sendAck(RawMqttClient.PUBACK, diligent.expectPublish().packetId());
        diligent.expectNothingBeforePong();
      }
      silent.expectNothingBeforePong();
    }
  }

  /** v5:MQTT-4.8.2-5 and the text before it. */
  @Test
  void member_that_leaves_gives_back_what_it_has_not_completed() {
    server.gate.limits = withWindow(2);
    try (RawMqttClient leaving = server.client("leaving");
        RawMqttClient staying = server.client("staying")) {
      leaving.subscribe(1, 2, "$share/g/#");
      route("begun/1", Qos.AT_LEAST_ONCE);
      route("begun/2", Qos.EXACTLY_ONCE);
      route("waiting/1", Qos.AT_LEAST_ONCE);
      route("waiting/2", Qos.EXACTLY_ONCE);
      leaving.expectPublish();
      leaving.expectPublish();
      leaving.expectNothingBeforePong();
      server.gate.limits = ClientLimits.DEFAULT;
      staying.subscribe(1, 2, "$share/g/#");
      leaving.close();
      assertThat(List.of(next(staying), next(staying), next(staying)))
          .containsExactly("begun/1", "waiting/1", "waiting/2");
      staying.expectNothingBeforePong();
      await().until(() -> server.meters.get("mqtt.shared.passed.on").counter().count() == 3);
    }
  }

  @Test
  void member_that_unsubscribes_completes_what_it_has_begun_only() {
    server.gate.limits = withWindow(1);
    try (RawMqttClient leaving = server.client("leaving");
        RawMqttClient staying = server.client("staying")) {
      leaving.subscribe(1, 1, "$share/g/#");
      route("begun", Qos.AT_LEAST_ONCE);
      route("waiting", Qos.AT_LEAST_ONCE);
      int begun = leaving.expectPublish().packetId();
      leaving.expectNothingBeforePong();
      staying.subscribe(1, 1, "$share/g/#");
      leaving.sendUnsubscribe(2, "$share/g/#");
      leaving.expectAck(RawMqttClient.UNSUBACK);
      assertThat(next(staying)).isEqualTo("waiting");
      leaving.sendAck(RawMqttClient.PUBACK, begun);
      leaving.expectNothingBeforePong();
      assertThat(server.gate.binding("leaving").unsubscribed).containsExactly("$share/g/#");
    }
  }

  @Test
  void durable_member_keeps_messages_while_nobody_is_connected() {
    try (RawMqttClient member = server.client()) {
      member.login("durable", false);
      member.subscribe(1, 1, "$share/g/t");
    }
    awaitOffline("durable");
    assertThat(route("t", Qos.AT_LEAST_ONCE)).isEqualTo(1);
    assertThat(route("t", Qos.AT_MOST_ONCE)).isZero();
    assertThat(server.count("mqtt.messages.dropped", "cause", "no_member")).isEqualTo(1);
    try (RawMqttClient member = server.client()) {
      assertThat(member.login("durable", false)).isTrue();
      assertThat(member.expectPublish().topic()).isEqualTo("t");
      member.expectNothingBeforePong();
    }
  }

  /** What is stored for a durable member waits for its return. */
  @Test
  void member_that_joins_gets_what_waits_for_those_who_are_away() {
    assumeFalse(Boolean.getBoolean("sallyport.test.durable"));
    try (RawMqttClient member = server.client()) {
      member.login("durable", false);
      member.subscribe(1, 1, "$share/g/#");
    }
    awaitOffline("durable");
    for (int i = 0; i < 3; i++) {
      route("t/" + i, Qos.AT_LEAST_ONCE);
    }
    try (RawMqttClient another = server.client("another")) {
      another.subscribe(1, 1, "$share/g/#");
      assertThat(List.of(next(another), next(another), next(another)))
          .containsExactly("t/0", "t/1", "t/2");
      try (RawMqttClient member = server.client()) {
        assertThat(member.login("durable", false)).isTrue();
        member.expectNothingBeforePong();
      }
    }
  }

  /** v5:MQTT-4.8.2-4: completed by its member when it comes back, though others are there. */
  @Test
  void message_begun_stays_with_a_durable_member() {
    try (RawMqttClient another = server.client("another")) {
      int id;
      try (RawMqttClient member = server.client()) {
        member.login("durable", false);
        member.subscribe(1, 2, "$share/g/t");
        route("t", Qos.EXACTLY_ONCE);
        id = member.expectPublish().packetId();
        another.subscribe(1, 2, "$share/g/t");
      }
      awaitOffline("durable");
      another.expectNothingBeforePong();
      try (RawMqttClient member = server.client()) {
        assertThat(member.login("durable", false)).isTrue();
        Published again = member.expectPublish();
        assertThat(again.packetId()).isEqualTo(id);
        assertThat(again.duplicate()).isTrue();
        member.sendAck(RawMqttClient.PUBREC, id);
        assertThat(member.expectAck(RawMqttClient.PUBREL)).isEqualTo(id);
        member.sendAck(RawMqttClient.PUBCOMP, id);
        member.expectNothingBeforePong();
      }
      another.expectNothingBeforePong();
    }
  }

  /** v5:MQTT-4.8.2-5 and the text before it: nothing of QoS 1 goes with those who leave. */
  @Test
  void members_that_come_and_go_lose_nothing() throws InterruptedException {
    int messages = 2_000;
    Set<String> received = ConcurrentHashMap.newKeySet();
    try (RawMqttClient staying = server.client("staying")) {
      staying.subscribe(1, 1, "$share/g/#");
      Thread reading =
          Thread.ofVirtual()
              .start(() -> {
                while (received.size() < messages) {
                  received.add(next(staying));
                }
              });
      List<Thread> comingAndGoing = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        String clientId = "guest" + i;
        comingAndGoing.add(
            Thread.ofVirtual()
                .start(() -> {
                  while (received.size() < messages) {
                    try (RawMqttClient guest = server.client(clientId)) {
                      guest.subscribe(1, 1, "$share/g/#");
                      guest.sendPing();
                      while (guest.read().type() == RawMqttClient.PUBLISH) {}
                    }
                  }
                }));
      }
      for (int i = 0; i < messages; i++) {
        int sent = i;
        await().pollInterval(Duration.ofMillis(1)).until(() -> sent - received.size() < 200);
        assertThat(route("t/" + i, Qos.AT_LEAST_ONCE)).isEqualTo(1);
      }
      assertThat(reading.join(Duration.ofSeconds(30))).as("all of %d came", messages).isTrue();
      for (Thread guest : comingAndGoing) {
        assertThat(guest.join(Duration.ofSeconds(10))).isTrue();
      }
      assertThat(received).hasSize(messages);
      assertThat(server.meters.get("mqtt.shared.passed.on").counter().count()).isPositive();
    }
  }

  /** THREATS T32. */
  @Test
  void copy_that_no_member_may_have_is_kept_back() {
    server.gate.mayDeliver = message -> !message.topic().startsWith("secret");
    try (RawMqttClient member = server.client("member")) {
      member.subscribe(1, 1, "$share/g/#");
      assertThat(route("secret", Qos.AT_LEAST_ONCE)).isZero();
      assertThat(route("open", Qos.AT_LEAST_ONCE)).isEqualTo(1);
      assertThat(member.expectPublish().topic()).isEqualTo("open");
    }
  }

  /** Acknowledges QoS 1 only. */
  private static String next(RawMqttClient member) {
    Published published = member.expectPublish();
    if (published.qos() == 1) {
      member.sendAck(RawMqttClient.PUBACK, published.packetId());
    }
    return published.topic();
  }

  private void awaitOffline(String clientId) {
    await().untilAsserted(() -> assertThat(server.gate.binding(clientId).closed).isNotNull());
    Session session =
        Objects.requireNonNull(server.engine.context().sessions().find(TestGate.key(clientId)));
    await().untilAsserted(() -> assertThat(session.isConnected()).isFalse());
  }

  private static ClientLimits withWindow(int inFlightMax) {
    ClientLimits base = ClientLimits.DEFAULT;
    return new ClientLimits(
        base.packetBytesMax(),
        base.payloadBytesMax(),
        inFlightMax,
        base.receiveMax(),
        base.queuedMessagesMax(),
        base.queuedBytesMax(),
        base.overflow(),
        base.subscriptionsMax(),
        Duration.ofHours(1));
  }

  private int route(String topic, Qos qos) {
    return server.engine.route(
        TestGate.SCOPE, Message.of(topic, "x".getBytes(StandardCharsets.UTF_8), qos));
  }
}
