package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Bytes;
import io.sallyport.mqtt.RawMqttClient.Connect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * MESSAGING.md section 8: sessions per credential and tenant, how long they last, and clients that
 * keep taking one over.
 */
class OwnershipTest {
  @AutoClose
  private final TestServer server =
      new TestServer(
          config(
              new MqttConfig.Ownership(2, 3, Duration.ofSeconds(50)),
              new MqttConfig.Takeovers(2, 4, Duration.ofMillis(700), Duration.ZERO)));

  /** "Session and queue growth: new client id per CONNECT". */
  @Test
  void sessions_of_one_owner_are_bounded() {
    try (RawMqttClient third = server.client();
        RawMqttClient old = server.client();
        RawMqttClient other = server.client()) {
      login("x:1");
      login("x:2");
      assertThat(third.connect5(new Connect("x:3")).code()).isEqualTo(0x97);
      third.expectClosed();
      old.send(RawMqttClient.connect("x:4", false, 0));
      assertThat(old.expectConnAck()).isEqualTo(3);
      assertThat(other.connect5(new Connect("y:1")).code()).isZero();
      await().until(() -> server.gate.binding("x:3").closed == CloseReason.NOT_AUTHORIZED);
    }
    assertThat(server.count("mqtt.logins.refused", "code", "quota_exceeded")).isEqualTo(2);
  }

  @Test
  void sessions_of_one_scope_are_bounded() {
    login("x:1");
    login("y:1");
    login("z:1");
    try (RawMqttClient fourth = server.client()) {
      assertThat(fourth.connect5(new Connect("w:1")).code()).isEqualTo(0x97);
    }
  }

  /** A session that has ended makes room; coming back needs none. */
  @Test
  void ended_session_makes_room_and_a_present_one_is_resumed() {
    login("x:1");
    login("x:2");
    try (RawMqttClient back = server.client()) {
      assertThat(back.login("x:1", false)).isTrue();
    }
    await().until(() -> server.engine.connections() == 0);
    try (RawMqttClient clean = server.client()) {
      assertThat(clean.login("x:1", true)).isFalse();
    }
    await().until(() -> server.engine.sessions() == 1);
    login("x:3");
  }

  /** "Expiry ≤ 7 d (setting)": the engine's bound holds above the client's. */
  @Test
  void expiry_beyond_the_engines_bound_is_cut_and_told() {
    try (RawMqttClient client = server.client()) {
      assertThat(
              client
                  .connect5(new Connect("c").properties(new Bytes().u8(0x11).u32(51)))
                  .properties())
          .contains("11=50");
    }
  }

  /** "Takeover ping-pong": told once, then slowed down, and the session goes on. */
  @Test
  void clients_that_keep_taking_over_are_told_of_and_wait() {
    List<RawMqttClient> clients = new ArrayList<>();
    List<Duration> waits = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      RawMqttClient client = server.client();
      clients.add(client);
      long start = System.nanoTime();
      assertThat(client.login("c", false)).isEqualTo(i > 0);
      waits.add(Duration.ofNanos(System.nanoTime() - start));
    }
    assertThat(waits.get(4)).isGreaterThan(Duration.ofMillis(400)); // The fourth takeover.
    assertThat(waits.get(5)).isGreaterThan(Duration.ofMillis(600));
    assertThat(server.gate.bindings.stream().flatMap(binding -> binding.life.stream()).toList())
        .containsOnlyOnce("taken over 3 times")
        .doesNotContain("taken over 4 times");
    assertThat(server.meters.get("mqtt.takeovers.delayed").counter().count()).isEqualTo(3);
    assertThat(server.meters.get("mqtt.takeovers").counter().count()).isEqualTo(6);
    clients.forEach(RawMqttClient::close);
  }

  /** MESSAGING.md section 4: never in plain spaces. */
  @Test
  void takeovers_of_clients_that_are_not_watched_go_on_undelayed() {
    server.gate.takeoversWatched = false;
    List<RawMqttClient> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      RawMqttClient client = server.client();
      clients.add(client);
      client.login("c", false);
    }
    assertThat(server.meters.get("mqtt.takeovers.delayed").counter().count()).isZero();
    assertThat(server.gate.bindings.stream().flatMap(binding -> binding.life.stream()).toList())
        .noneMatch(event -> event.startsWith("taken over"));
    clients.forEach(RawMqttClient::close);
  }

  private void login(String clientId) {
    int before = server.engine.connections();
    try (RawMqttClient client = server.client()) {
      client.login(clientId, false);
    }
    await().until(() -> server.engine.connections() == before);
  }

  static MqttConfig config(MqttConfig.Ownership ownership, MqttConfig.Takeovers takeovers) {
    MqttConfig base = MqttConfig.DEFAULT;
    return new MqttConfig(
        base.codec(),
        base.logins(),
        base.timeouts(),
        base.sessions(),
        base.subscriptions(),
        base.retained(),
        ownership,
        takeovers,
        base.aliases());
  }
}
