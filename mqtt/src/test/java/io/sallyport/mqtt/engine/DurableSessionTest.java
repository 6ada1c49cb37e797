package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Bytes;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Packet;
import io.sallyport.mqtt.RawMqttClient.Published;
import io.sallyport.mqtt.store.InMemorySessionStore;
import io.sallyport.mqtt.store.Operation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What survives a kill of the server, MESSAGING.md section 5; sessions end when they should. */
class DurableSessionTest {
  private static final int BATCHES_MAX = 10_000;

  private final ExecutorService commits = Executors.newSingleThreadExecutor();
  private final Queue<Runnable> heldCommits = new ConcurrentLinkedQueue<>();
  private volatile boolean holdsCommits;
  private final InMemorySessionStore disk = new InMemorySessionStore(this::commit, BATCHES_MAX);
  private final TestClock clock = new TestClock();
  private MqttConfig config = MqttConfig.DEFAULT;
  private ClientLimits limits = ClientLimits.DEFAULT;
  private CrashingStore store = new CrashingStore(disk);
  private TestServer server = new TestServer(config, clock, store);

  private void commit(Runnable commit) {
    if (holdsCommits) {
      heldCommits.add(commit);
    } else {
      commits.execute(commit);
    }
  }

  private void releaseCommits() {
    holdsCommits = false;
    Runnable next = heldCommits.poll();
    while (next != null) {
      commits.execute(next);
      next = heldCommits.poll();
    }
  }

  @AfterEach
  void close() {
    server.close();
    commits.shutdownNow();
  }

  /** As by kill -9, and a new start. */
  private void restart() {
    store.kill();
    server.close();
    start();
  }

  private void start() {
    store = new CrashingStore(disk);
    server = new TestServer(config, clock, store);
    server.gate.limits = limits;
  }

  private int route(String topic, String payload, Qos qos) {
    return server.engine.route(
        TestGate.SCOPE, Message.of(topic, payload.getBytes(StandardCharsets.UTF_8), qos));
  }

  private RawMqttClient lasting(String clientId, boolean expectPresent) {
    RawMqttClient client = server.client();
    assertThat(client.login(clientId, false)).isEqualTo(expectPresent);
    return client;
  }

  private static Bytes sessionExpiry(long seconds) {
    return new Bytes().u8(0x11).u32(seconds);
  }

  private void offline() {
    await().until(() -> server.engine.connections() == 0);
  }

  private void stored(int rows) {
    await()
        .until(() ->
            store.written.stream().filter(o -> o instanceof Operation.PutMessage).count() >= rows);
  }

  @Test
  void session_and_subscriptions_survive() {
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 1, "a/#", "b", "gone");
      reader.sendUnsubscribe(2, "gone");
      assertThat(reader.expectAck(RawMqttClient.UNSUBACK)).isEqualTo(2);
    }
    restart();
    assertThat(server.engine.sessions()).isEqualTo(1);
    try (RawMqttClient reader = lasting("reader", true)) {
      await()
          .untilAsserted(() ->
              assertThat(server.gate.binding("reader").resumed)
                  .containsExactlyInAnyOrder(
                      new HeldSubscription("a/#", Qos.AT_LEAST_ONCE),
                      new HeldSubscription("b", Qos.AT_LEAST_ONCE)));
      route("a/x", "hello", Qos.AT_LEAST_ONCE);
      assertThat(reader.expectPublish().payload()).isEqualTo("hello");
    }
  }

  @Test
  void messages_that_waited_are_sent_after_a_restart_in_order_and_once() {
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 2, "t");
    }
    offline();
    for (int i = 0; i < 500; i++) {
      route("t", "m" + i, i % 2 == 0 ? Qos.AT_LEAST_ONCE : Qos.EXACTLY_ONCE);
    }
    stored(500);
    restart();
    route("t", "m500", Qos.AT_LEAST_ONCE);
    try (RawMqttClient reader = lasting("reader", true)) {
      for (int i = 0; i <= 500; i++) {
        assertThat(receive(reader)).isEqualTo("m" + i);
      }
      route("t", "live", Qos.AT_LEAST_ONCE);
      assertThat(receive(reader)).isEqualTo("live");
      expectNoMessage(reader);
      expectNoMessage(reader);
    }
    offline();
    restart();
    try (RawMqttClient reader = lasting("reader", true)) {
      reader.expectNothingBeforePong();
    }
  }

  /** Takes the next message; flows of QoS 2 are completed on the way. */
  private static String receive(RawMqttClient reader) {
    while (true) {
      Packet packet = reader.read();
      if (packet.type() == RawMqttClient.PUBREL) {
        reader.sendAck(RawMqttClient.PUBCOMP, packet.packetId());
        continue;
      }
      Published message = RawMqttClient.published(packet);
      reader.sendAck(
          message.qos() == 2 ? RawMqttClient.PUBREC : RawMqttClient.PUBACK, message.packetId());
      return message.payload();
    }
  }

  /** Completes what is open and expects no message. */
  private static void expectNoMessage(RawMqttClient reader) {
    reader.sendPing();
    Packet packet = reader.read();
    while (packet.type() == RawMqttClient.PUBREL) {
      reader.sendAck(RawMqttClient.PUBCOMP, packet.packetId());
      packet = reader.read();
    }
    assertThat(packet.type()).isEqualTo(RawMqttClient.PINGRESP);
  }

  /** Rows 22 and 23 across a restart: MQTT-4.4.0-1, MQTT-3.3.1-1, MQTT-4.3.3-1. */
  @Test
  void what_was_in_flight_is_resent_with_the_same_ids_and_what_was_released_is_not() {
    int one;
    int two;
    int three;
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 2, "t");
      route("t", "one", Qos.AT_LEAST_ONCE);
      route("t", "two", Qos.EXACTLY_ONCE);
      route("t", "three", Qos.EXACTLY_ONCE);
      one = reader.expectPublish().packetId();
      two = reader.expectPublish().packetId();
      three = reader.expectPublish().packetId();
      reader.sendAck(RawMqttClient.PUBREC, two);
      assertThat(reader.expectAck(RawMqttClient.PUBREL)).isEqualTo(two);
      await().until(() -> store.written.stream().anyMatch(o -> o instanceof Operation.NoteSent));
      restart();
    }
    route("t", "four", Qos.AT_LEAST_ONCE);
    try (RawMqttClient reader = lasting("reader", true)) {
      assertThat(reader.expectAck(RawMqttClient.PUBREL)).isEqualTo(two);
      assertThat(reader.expectPublish()).isEqualTo(new Published("t", "one", 1, false, true, one));
      assertThat(reader.expectPublish())
          .isEqualTo(new Published("t", "three", 2, false, true, three));
      assertThat(reader.expectPublish().payload()).isEqualTo("four");
    }
  }

  /** MQTT-4.3.3-2. */
  @Test
  void a_qos_2_message_sent_again_after_a_restart_is_not_taken_twice() {
    try (RawMqttClient reader = lasting("reader", false);
        RawMqttClient writer = lasting("writer", false)) {
      reader.subscribe(1, 2, "t");
      writer.sendPublish("t", "once", 2, 7);
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
      restart();
    }
    try (RawMqttClient writer = lasting("writer", true)) {
      writer.send(RawMqttClient.publish("t", "once", 2, 7, false, true));
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
      assertThat(server.gate.published).isEmpty();
      writer.sendAck(RawMqttClient.PUBREL, 7);
      assertThat(writer.expectAck(RawMqttClient.PUBCOMP)).isEqualTo(7);
      restart();
    }
    try (RawMqttClient writer = lasting("writer", true);
        RawMqttClient reader = lasting("reader", true)) {
      writer.sendPublish("t", "another", 2, 7);
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
      assertThat(receive(reader)).isEqualTo("once");
      assertThat(receive(reader)).isEqualTo("another");
      expectNoMessage(reader);
    }
  }

  /** A contract that writes to a log of its own. */
  @Test
  void a_mark_that_a_log_has_written_is_known_after_a_restart() {
    server.gate.onPublish =
        (publish, ack) -> {
          ack.receivedMark().ifPresent(disk::putMark);
          ack.accepted();
        };
    try (RawMqttClient writer = lasting("writer", false)) {
      writer.sendPublish("t", "once", 2, 7);
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
      assertThat(store.written).noneMatch(o -> o instanceof Operation.MarkReceived);
      restart();
    }
    try (RawMqttClient writer = lasting("writer", true)) {
      writer.send(RawMqttClient.publish("t", "once", 2, 7, false, true));
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
      assertThat(server.gate.published).isEmpty();
    }
  }

  /** A contract that writes to logs and then has it routed. */
  @Test
  void a_message_that_was_appended_and_not_routed_comes_again_with_the_step_it_had_come_to() {
    server.gate.onPublish = (publish, ack) -> ack.stepMark(4).ifPresent(disk::putMark);
    try (RawMqttClient writer = lasting("writer", false)) {
      writer.sendPublish("t", "once", 2, 7);
      await().until(() -> !server.gate.published.isEmpty());
      restart();
    }
    List<Long> steps = new CopyOnWriteArrayList<>();
    server.gate.onPublish =
        (publish, ack) -> {
          steps.add(ack.stepsStored());
          ack.accepted();
        };
    try (RawMqttClient writer = lasting("writer", true)) {
      writer.send(RawMqttClient.publish("t", "once", 2, 7, false, true));
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
      writer.sendAck(RawMqttClient.PUBREL, 7);
      assertThat(writer.expectAck(RawMqttClient.PUBCOMP)).isEqualTo(7);
      writer.sendPublish("t", "another", 2, 7);
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
    }
    assertThat(steps).containsExactly(4L, 0L);
  }

  @Test
  void nobody_is_answered_before_it_is_stored() {
    RawMqttClient reader = lasting("reader", false);
    RawMqttClient writer = server.client("writer");
    reader.subscribe(1, 1, "t");
    holdsCommits = true;
    writer.sendPublish("t", "m", 1, 1);
    reader.sendSubscribe(2, 1, "u");
    writer.expectSilence(150);
    reader.expectSilence(50);
    releaseCommits();
    assertThat(writer.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
    assertThat(List.of(reader.read().type(), reader.read().type()))
        .containsExactlyInAnyOrder(RawMqttClient.PUBLISH, RawMqttClient.SUBACK);
    holdsCommits = true;
    RawMqttClient next = server.client();
    next.send(RawMqttClient.connect("next", false, 60));
    next.expectSilence(150);
    releaseCommits();
    assertThat(next.expectConnAck()).isZero();
  }

  @Test
  void a_session_that_ends_with_its_connection_costs_no_write() {
    try (RawMqttClient client = server.client("clean")) {
      client.subscribe(1, 2, "t");
      client.sendPublish("t", "m", 2, 1);
      assertThat(client.expectAck(RawMqttClient.PUBREC)).isEqualTo(1);
      client.expectPublish();
    }
    offline();
    assertThat(store.written).isEmpty();
  }

  @Test
  void a_session_expires_at_the_time_it_would_have_without_a_restart() {
    Bytes minute = sessionExpiry(60);
    RawMqttClient client = server.client();
    client.connect5(new Connect("c").clean(true).properties(minute));
    client.close();
    offline();
    clock.advanceMillis(59_000);
    restart();
    assertThat(server.engine.sessions()).isEqualTo(1);
    clock.advanceMillis(1_000);
    restart();
    await().until(() -> server.engine.sessions() == 0);
    restart();
    assertThat(server.engine.sessions()).isZero();
  }

  @Test
  void a_session_that_was_connected_expires_counted_from_the_kill() {
    RawMqttClient client = server.client();
    client.connect5(new Connect("c").clean(true).properties(sessionExpiry(60)));
    clock.advanceMillis(30_000);
    RawMqttClient other = lasting("other", false); // A sign of life.
    clock.advanceMillis(59_000);
    restart();
    client.close();
    other.close();
    await().until(() -> server.engine.sessions() == 2);
    clock.advanceMillis(1_000);
    restart();
    await().until(() -> server.engine.sessions() == 1);
  }

  @Test
  void an_ended_session_leaves_nothing() {
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 1, "t");
    }
    offline();
    route("t", "m", Qos.AT_LEAST_ONCE);
    stored(1);
    server.engine.endSession(TestGate.key("reader"));
    await().until(() -> server.engine.sessions() == 0);
    restart();
    assertThat(server.engine.sessions()).isZero();
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.expectNothingBeforePong();
    }
  }

  @Test
  void clean_start_forgets_what_was_stored() {
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 1, "t");
    }
    offline();
    route("t", "m", Qos.AT_LEAST_ONCE);
    stored(1);
    restart();
    try (RawMqttClient reader = server.client("reader")) {
      reader.expectNothingBeforePong();
    }
    offline();
    restart();
    assertThat(server.engine.sessions()).isZero();
  }

  @Test
  void a_queue_is_bounded_across_a_restart() {
    limits = ClientLimits.DEFAULT.withQueue(10, 1 << 20, ClientLimits.Overflow.DROP_NEWEST);
    server.gate.limits = limits;
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 1, "t");
    }
    offline();
    for (int i = 0; i < 8; i++) {
      assertThat(route("t", "m" + i, Qos.AT_LEAST_ONCE)).isEqualTo(1);
    }
    stored(8);
    restart();
    for (int i = 8; i < 12; i++) {
      assertThat(route("t", "m" + i, Qos.AT_LEAST_ONCE)).isEqualTo(i < 10 ? 1 : 0);
    }
    try (RawMqttClient reader = lasting("reader", true)) {
      for (int i = 0; i < 10; i++) {
        assertThat(receive(reader)).isEqualTo("m" + i);
      }
      reader.expectNothingBeforePong();
      assertThat(route("t", "more", Qos.AT_LEAST_ONCE)).isEqualTo(1);
      assertThat(receive(reader)).isEqualTo("more");
    }
  }

  @Test
  void the_oldest_give_way_where_the_client_has_it_so() {
    limits = ClientLimits.DEFAULT.withQueue(10, 1 << 20, ClientLimits.Overflow.DROP_OLDEST);
    server.gate.limits = limits;
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 1, "t");
    }
    offline();
    for (int i = 0; i < 8; i++) {
      route("t", "m" + i, Qos.AT_LEAST_ONCE);
    }
    stored(8);
    restart();
    for (int i = 8; i < 15; i++) {
      int rows = i - 7;
      assertThat(route("t", "m" + i, Qos.AT_LEAST_ONCE)).isEqualTo(1);
      stored(rows);
    }
    await().until(() -> server.count("mqtt.messages.dropped", "cause", "queue_full") == 5);
    try (RawMqttClient reader = lasting("reader", true)) {
      for (int i = 5; i < 15; i++) {
        assertThat(receive(reader)).isEqualTo("m" + i);
      }
      reader.expectNothingBeforePong();
    }
  }

  /** Row 32: a full queue takes new messages in place of what has expired, stored or not. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void expired_rows_give_way_in_a_full_queue(boolean restarted) {
    limits = ClientLimits.DEFAULT.withQueue(10, 1 << 20, ClientLimits.Overflow.DROP_NEWEST);
    server.gate.limits = limits;
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 1, "t");
    }
    offline();
    for (int i = 0; i < 5; i++) {
      route("t", "lasting" + i, Qos.AT_LEAST_ONCE);
      server.engine.route(TestGate.SCOPE, Version5FlowTest.expiring("old", 10, clock));
    }
    assertThat(route("t", "refused", Qos.AT_LEAST_ONCE)).isZero();
    stored(10);
    if (restarted) {
      restart();
    }
    clock.advanceMillis(20_000);
    // After a restart nobody knows yet that there are any.
    assertThat(route("t", "new0", Qos.AT_LEAST_ONCE)).isEqualTo(restarted ? 0 : 1);
    await().until(() -> server.count("mqtt.messages.dropped", "cause", "expired") == 5);
    for (int i = restarted ? 0 : 1; i < 5; i++) {
      assertThat(route("t", "new" + i, Qos.AT_LEAST_ONCE)).isEqualTo(1);
    }
    assertThat(route("t", "refused too", Qos.AT_LEAST_ONCE)).isZero();
    try (RawMqttClient reader = lasting("reader", true)) {
      for (String expected : List.of("lasting", "new")) {
        for (int i = 0; i < 5; i++) {
          assertThat(receive(reader)).isEqualTo(expected + i);
        }
      }
      reader.expectNothingBeforePong();
    }
    assertThat(server.count("mqtt.messages.dropped", "cause", "expired")).isEqualTo(5);
  }

  @Test
  void sessions_above_the_limit_on_those_offline_do_not_come_back() {
    for (int i = 0; i < 5; i++) {
      lasting("c" + i, false).close();
    }
    offline();
    MqttConfig.Sessions now = config.sessions();
    config =
        new MqttConfig(
            config.codec(),
            config.logins(),
            config.timeouts(),
            new MqttConfig.Sessions(
                3,
                3,
                now.receivedIdsMax(),
                now.unsentBytesMax(),
                now.inboxMessagesMax(),
                now.heldBytesPerScopeMax(),
                now.heldBytesMax(),
                now.storedBytesPerScopeMax(),
                now.storedBytesMax()),
            config.subscriptions(),
            config.retained());
    restart();
    await().until(() -> server.engine.sessions() == 3);
    restart();
    assertThat(server.engine.sessions()).isEqualTo(3);
  }

  @Test
  void a_will_is_published_after_a_kill_and_only_once() {
    RawMqttClient client = server.client();
    client.login(new Connect("c").will("gone", "bye", 1, false));
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 1, "gone");
      restart();
    }
    client.close();
    await().until(() -> server.gate.wills.contains("gone"));
    try (RawMqttClient reader = lasting("reader", true)) {
      assertThat(receive(reader)).isEqualTo("bye");
    }
    await().until(() -> server.engine.sessions() == 1);
    restart();
    try (RawMqttClient reader = lasting("reader", true)) {
      reader.expectNothingBeforePong();
    }
    assertThat(server.gate.wills).isEmpty();
  }

  @Test
  void a_will_of_a_client_that_took_its_leave_is_not_published_after_a_kill() {
    try (RawMqttClient client = server.client()) {
      client.login(new Connect("c").clean(false).will("gone", "bye", 1, false));
      client.sendDisconnect();
      client.expectClosed();
    }
    offline();
    restart();
    assertThat(server.engine.sessions()).isEqualTo(1);
    try (RawMqttClient client = lasting("c", true)) {
      client.expectNothingBeforePong();
    }
    assertThat(server.gate.wills).isEmpty();
  }

  @Test
  void a_delayed_will_waits_across_a_kill_and_not_for_a_client_that_is_back() {
    Connect connect =
        new Connect("c")
            .clean(false)
            .properties(sessionExpiry(600))
            .will("gone", "bye", 1, false)
            .willProperties(new Bytes().u8(0x18).u32(60));
    RawMqttClient client = server.client();
    client.connect5(connect);
    restart();
    client.close();
    RawMqttClient back = server.client();
    assertThat(
            back.connect5(new Connect("c").clean(false).properties(sessionExpiry(600)))
                .sessionPresent())
        .isTrue();
    back.close();
    offline();
    clock.advanceMillis(61_000);
    restart();
    assertThat(server.gate.wills).isEmpty();
    RawMqttClient again = server.client();
    again.connect5(connect);
    restart();
    again.close();
    clock.advanceMillis(61_000);
    restart();
    await().until(() -> server.gate.wills.contains("gone"));
  }

  @Test
  void a_will_comes_with_the_login_that_left_it() {
    server.close();
    start();
    RawMqttClient client = server.client();
    client.login(new Connect("c").clean(false).will("gone", "bye", 1, false));
    restart();
    client.close();
    await().until(() -> server.gate.reopened.equals(List.of("login of c")));
  }

  @Test
  void a_will_that_nobody_may_publish_any_more_is_counted() {
    RawMqttClient client = server.client();
    client.login(new Connect("c").will("gone", "bye", 1, false));
    store.kill();
    server.close();
    client.close();
    store = new CrashingStore(disk);
    server = new TestServer(config, clock, store, gate -> gate.willsAllowed = false);
    await().until(() -> server.meters.get("mqtt.wills.not.authorised").counter().count() == 1);
    assertThat(server.gate.wills).isEmpty();
  }

  @Test
  void retained_messages_survive_in_a_scope_that_asks_for_it() {
    server.engine.keepRetained(TestGate.SCOPE);
    try (RawMqttClient writer = server.client("writer")) {
      for (String topic : new String[] {"kept", "gone"}) {
        writer.send(RawMqttClient.publish(topic, "r", 1, 1, true, false));
        assertThat(writer.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
      }
      writer.send(RawMqttClient.publish("gone", "", 1, 2, true, false));
      assertThat(writer.expectAck(RawMqttClient.PUBACK)).isEqualTo(2);
    }
    restart();
    server.engine.keepRetained(TestGate.SCOPE);
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 1, "#");
      Published message = reader.expectPublish();
      assertThat(message.topic()).isEqualTo("kept");
      assertThat(message.retain()).isTrue();
      reader.sendAck(RawMqttClient.PUBACK, message.packetId());
      reader.expectNothingBeforePong();
    }
  }

  /** MESSAGING.md section 5: events are in a log before they are routed. */
  @Test
  void what_a_log_has_and_no_queue_has_is_routed_again_and_nothing_twice() {
    routeLogged(0); // Nobody is there yet.
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 1, "t");
    }
    offline();
    for (int i = 1; i < 5; i++) {
      routeLogged(i);
    }
    stored(4);
    holdsCommits = true;
    routeLogged(5); // Its rows are lost.
    store.kill();
    releaseCommits();
    server.close();
    start();
    long from = server.engine.logCursor(TestGate.SCOPE).orElseThrow();
    assertThat(from).isBetween(1L, 6L);
    for (int i = (int) from; i < 6; i++) {
      routeLogged(i);
    }
    server.engine.logRouted(TestGate.SCOPE, 6);
    try (RawMqttClient reader = lasting("reader", true)) {
      for (int i = 1; i < 6; i++) {
        assertThat(receive(reader)).isEqualTo("e" + i);
      }
      expectNoMessage(reader);
    }
    assertThat(server.engine.logCursor(TestGate.SCOPE)).hasValue(6);
  }

  @Test
  void who_reads_the_log_waits_for_a_store_that_is_behind() throws InterruptedException {
    limits = ClientLimits.DEFAULT.withQueue(20_000, 64 << 20, ClientLimits.Overflow.DROP_NEWEST);
    server.gate.limits = limits;
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 1, "t");
    }
    offline();
    holdsCommits = true;
    int all = BATCHES_MAX + 100;
    Thread log =
        Thread.startVirtualThread(() -> {
          for (int i = 0; i < all; i++) {
            routeLogged(i);
          }
        });
    await().until(() -> !disk.accepting());
    releaseCommits();
    log.join();
    try (RawMqttClient reader = lasting("reader", true)) {
      for (int i = 0; i < all; i++) {
        assertThat(receive(reader)).isEqualTo("e" + i);
      }
    }
  }

  private void routeLogged(long position) {
    byte[] payload = ("e" + position).getBytes(StandardCharsets.UTF_8);
    server.engine.route(TestGate.SCOPE, Message.of("t", payload, Qos.AT_LEAST_ONCE), position);
  }

  @Test
  void a_slow_reader_gets_everything_that_does_not_fit_into_memory() {
    limits = ClientLimits.DEFAULT.withQueue(10_000, 64 << 20, ClientLimits.Overflow.DROP_NEWEST);
    server.gate.limits = limits;
    try (RawMqttClient reader = lasting("reader", false)) {
      reader.subscribe(1, 1, "t");
      for (int i = 0; i < 3_000; i++) {
        route("t", "m" + i, Qos.AT_LEAST_ONCE);
      }
      for (int i = 0; i < 3_000; i++) {
        assertThat(receive(reader)).isEqualTo("m" + i);
      }
      reader.expectNothingBeforePong();
    }
  }
}
