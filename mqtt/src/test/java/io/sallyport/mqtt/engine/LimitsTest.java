package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Connect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Time-outs, wills, floods and shutdown: MESSAGING.md section 7 rows 10 and 11, section 8. */
class LimitsTest {
  @AutoClose
  private final TestServer server = new TestServer(TestServer.withTimeouts(TestServer.QUICK));

  /** Section 8, "connecting and saying nothing; dribbling bytes". */
  @ParameterizedTest
  @CsvSource({"'', silence", "10, one byte", "100D00044D51, part of a CONNECT"})
  void connection_without_a_complete_connect_is_closed(String hex, String what) {
    try (RawMqttClient client = server.client()) {
      client.sendHex(hex).expectClosed();
      await().until(() -> server.count("mqtt.connections.closed", "reason", "no_data") == 1);
    }
  }

  /** Section 8, "huge remaining length before login": decided on the header. */
  @ParameterizedTest
  @CsvSource({"10FFFFFF7F", "10818001", "10FFFFFFFF", "108000"})
  void first_packet_of_a_bad_length_is_closed_on_its_header(String hex) {
    try (RawMqttClient client = server.client()) {
      long start = System.nanoTime();
      client.sendHex(hex).expectClosed();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(550));
    }
  }

  @Test
  void packet_beyond_the_clients_limit_is_closed_on_its_header() {
    try (RawMqttClient client = server.client("c")) {
      client.sendHex("30 818010").expectClosed(); // 262,145 bytes
      await().until(() -> server.gate.binding("c").closed == CloseReason.PACKET_TOO_LARGE);
    }
  }

  /** Section 4: a client that reads and never acknowledges holds no more memory than its queue. */
  @Test
  void bytes_in_flight_are_bounded_as_those_that_wait() {
    ClientLimits base = ClientLimits.DEFAULT;
    server.gate.limits =
        new ClientLimits(
            base.packetBytesMax(),
            base.payloadBytesMax(),
            1_000,
            base.receiveMax(),
            5,
            10_000,
            base.overflow(),
            base.subscriptionsMax(),
            base.sessionExpiry());
    try (RawMqttClient reader = server.client("r")) {
      reader.subscribe(1, 1, "t");
      for (int i = 0; i < 30; i++) {
        server.engine.route(
            TestGate.SCOPE, Message.of("t", new byte[999], Qos.AT_LEAST_ONCE)); // 1,000 bytes
      }
      List<Integer> ids = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        ids.add(reader.expectPublish().packetId());
      }
      reader.expectNothingBeforePong();
      await()
          .until(() -> server.count("mqtt.messages.dropped", "cause", "queue_full") == 30 - 10 - 5);
      reader.sendAck(RawMqttClient.PUBACK, ids.getFirst());
      assertThat(reader.expectPublish().packetId()).isEqualTo(11);
    }
  }

  @Test
  void payload_beyond_the_clients_limit_closes() {
    ClientLimits base = ClientLimits.DEFAULT;
    server.gate.limits =
        new ClientLimits(
            1_000,
            10,
            base.inFlightMax(),
            base.receiveMax(),
            base.queuedMessagesMax(),
            base.queuedBytesMax(),
            base.overflow(),
            base.subscriptionsMax(),
            base.sessionExpiry());
    try (RawMqttClient client = server.client("c")) {
      client.sendPublish("t", "0123456789", 1, 1);
      client.expectAck(RawMqttClient.PUBACK);
      client.sendPublish("t", "0123456789x", 1, 2).expectClosed();
      await().until(() -> server.gate.binding("c").closed == CloseReason.PACKET_TOO_LARGE);
    }
  }

  @Test
  void packet_that_stays_incomplete_closes() {
    try (RawMqttClient client = server.client("c")) {
      client.sendHex("30 10 0001").expectClosed();
      await().until(() -> server.gate.binding("c").closed == CloseReason.NO_DATA);
    }
  }

  /** Row 10, MQTT-3.1.2-24: complete packets count, bytes do not. */
  @Test
  void keep_alive_counts_from_the_last_complete_packet() throws InterruptedException {
    try (TestServer patient = new TestServer();
        RawMqttClient client = patient.client()) {
      client.login(new Connect("c").keepAlive(1).will("will", "w", 0, false));
      long start = System.nanoTime();
      Thread dribble =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.sendHex("30 7F");
                  while (true) {
                    TimeUnit.MILLISECONDS.sleep(100);
                    client.sendHex("00");
                  }
                } catch (RuntimeException | InterruptedException e) {
                  // The server has closed: what the test is about.
                }
              });
      client.expectClosed();
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      assertThat(millis).isBetween(1_400L, 2_500L);
      await().until(() -> patient.gate.binding("c").closed == CloseReason.KEEP_ALIVE_TIMEOUT);
      assertThat(patient.gate.wills).containsExactly("will");
      dribble.join();
    }
  }

  @Test
  void pings_keep_a_connection_alive_and_zero_switches_it_off() {
    try (TestServer patient = new TestServer();
        RawMqttClient pinging = patient.client();
        RawMqttClient silent = patient.client()) {
      pinging.login(new Connect("pinging").keepAlive(1));
      silent.login(new Connect("silent").keepAlive(0));
      for (int i = 0; i < 5; i++) {
        pinging.expectSilence(500);
        pinging.expectNothingBeforePong();
      }
      silent.expectNothingBeforePong();
    }
  }

  /** MESSAGING.md section 5.4. */
  @Test
  void unanswered_publish_closes_without_acknowledgement() {
    server.gate.holdAnswers();
    try (RawMqttClient client = server.client("c")) {
      client.sendPublish("t", "x", 1, 1).expectClosed();
      await().until(() -> server.gate.binding("c").closed == CloseReason.STORAGE_UNAVAILABLE);
    }
  }

  @Test
  void gate_that_does_not_answer_refuses_with_code_3() {
    CountDownLatch never = new CountDownLatch(1);
    server.gate.admission =
        request -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return server.gate.letIn(request);
        };
    try (RawMqttClient client = server.client()) {
      client.send(RawMqttClient.connect("c", true, 60));
      assertThat(client.expectConnAck()).isEqualTo(3);
      client.expectClosed();
    } finally {
      never.countDown();
    }
  }

  /** Section 8, "reading slowly". */
  @Test
  void client_that_stops_reading_is_closed() {
    try (RawMqttClient slow = server.client("slow")) {
      slow.subscribe(1, 0, "t");
      byte[] payload = new byte[64 * 1024];
      await()
          .until(() -> {
            server.engine.route(TestGate.SCOPE, Message.of("t", payload, Qos.AT_MOST_ONCE));
            return server.gate.binding("slow").closed == CloseReason.SLOW_READER;
          });
    }
  }

  /** Row 11, MQTT-3.1.2-8, -10, MQTT-3.14.4-3. */
  @ParameterizedTest
  @EnumSource(
      value = CloseReason.class,
      names = {"REVOKED", "ADMINISTRATIVE", "SERVER_ERROR", "QUEUE_FULL"})
  void will_is_published_on_a_close_from_our_side_unless_revoked(CloseReason reason) {
    try (RawMqttClient client = server.client()) {
      client.login(new Connect("c").will("will", "w", 1, false));
      server.gate.binding("c").out().close(reason);
      client.expectClosed();
      await().until(() -> server.gate.binding("c").closed == reason);
      boolean published = reason != CloseReason.REVOKED;
      assertThat(server.gate.wills).hasSize(published ? 1 : 0);
      assertThat(server.gate.binding("c").life)
          .isEqualTo(published ? List.of("opened", "will", "closed") : List.of("opened", "closed"));
    }
  }

  /** Row 11: on a cut, once, to its subscribers; not after DISCONNECT. */
  @Test
  void will_reaches_subscribers_after_a_cut_and_not_after_disconnect() {
    try (RawMqttClient reader = server.client("reader")) {
      reader.subscribe(1, 1, "will/+");
      RawMqttClient polite = server.client();
      polite.login(new Connect("polite").will("will/polite", "w", 1, false));
      polite.sendDisconnect().expectClosed();
      RawMqttClient cut = server.client();
      cut.login(new Connect("cut").will("will/cut", "w", 1, false));
      cut.close();
      assertThat(reader.expectPublish().topic()).isEqualTo("will/cut");
      RawMqttClient rude = server.client();
      rude.login(new Connect("rude").will("will/rude", "w", 1, false));
      rude.sendHex("F000").expectClosed();
      assertThat(reader.expectPublish().topic()).isEqualTo("will/rude");
      reader.expectNothingBeforePong();
      assertThat(server.gate.wills).containsExactly("will/cut", "will/rude");
    }
  }

  @Test
  void will_of_a_connection_taken_over_is_published() {
    try (RawMqttClient old = server.client();
        RawMqttClient next = server.client()) {
      old.login(new Connect("c").clean(false).will("will", "w", 1, false));
      assertThat(next.login("c", false)).isTrue();
      assertThat(server.gate.wills).containsExactly("will");
    }
  }

  /** THREATS T21: the oldest idle one of the address that has most goes, not the newcomer. */
  @Test
  void too_many_connections_without_login_push_out_the_oldest() {
    MqttConfig base = MqttConfig.DEFAULT;
    MqttConfig config =
        new MqttConfig(
            base.codec(),
            new MqttConfig.Logins(1_000, 4, 256),
            base.timeouts(),
            base.sessions(),
            base.subscriptions(),
            base.retained());
    try (TestServer small = new TestServer(config)) {
      List<RawMqttClient> idle = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int pending = Math.min(i + 1, 4);
        int evicted = Math.max(i - 3, 0);
        idle.add(small.client());
        await()
            .until(() ->
                small.meters.get("mqtt.logins.pending").gauge().value() == pending
                    && small.meters.get("mqtt.logins.evicted").counter().count() == evicted);
      }
      idle.get(0).expectClosed();
      idle.get(1).expectClosed();
      assertThat(idle.get(5).login("newcomer", true)).isFalse();
      assertThat(idle.get(2).login("patient", true)).isFalse();
      assertThat(small.meters.get("mqtt.logins.evicted").counter().count()).isEqualTo(2);
      idle.forEach(RawMqttClient::close);
    }
  }

  @Test
  void shutdown_waits_for_answers_then_closes_everybody() throws InterruptedException {
    server.gate.holdAnswers();
    try (RawMqttClient busy = server.client("busy");
        RawMqttClient idle = server.client("idle")) {
      busy.sendPublish("t", "x", 1, 1);
      var ack = server.gate.held.take();
      var done = server.engine.shutdown(Duration.ofSeconds(20));
      idle.expectClosed();
      assertThat(done).isNotDone();
      ack.accepted();
      assertThat(busy.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
      busy.expectClosed();
      await().until(done::isDone);
      assertThat(server.gate.binding("idle").closed).isEqualTo(CloseReason.SERVER_SHUTDOWN);
      assertThat(server.gate.binding("busy").closed).isEqualTo(CloseReason.SERVER_SHUTDOWN);
      try (RawMqttClient late = server.client()) {
        late.expectClosed();
      }
    }
  }

  @Test
  void counts_of_a_connection_are_exact() {
    try (RawMqttClient client = server.client("c")) {
      client.subscribe(1, 0, "t"); // 14 bytes CONNECT, 8 SUBSCRIBE; 4 CONNACK, 5 SUBACK
      client.sendPublish("t", "abc", 0, 0);
      assertThat(client.expectPublish().payload()).isEqualTo("abc");
      client.sendDisconnect().expectClosed();
    }
    await().until(() -> server.gate.binding("c").stats != null);
    var stats = Objects.requireNonNull(server.gate.binding("c").stats);
    assertThat(stats.readMessages()).isEqualTo(1);
    assertThat(stats.writtenMessages()).isEqualTo(1);
    assertThat(stats.readBytes()).isEqualTo(15 + 8 + 8 + 2);
    assertThat(stats.writtenBytes()).isEqualTo(4 + 5 + 8);
  }
}
