package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Packet;
import io.sallyport.mqtt.RawMqttClient.Published;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Kill -9 under load, with applications whose sessions last: one that reads, one that is away. Each
 * event that a device's client saw acknowledged reaches both, once. Longer: {@code
 * -Dsallyport.kill.rounds}.
 */
class LastingSessionKillTest {
  private static final int ROUNDS = Integer.getInteger("sallyport.kill.rounds", 5);
  private static final int ACKNOWLEDGED_MIN = 200;
  private static final String EVENTS = "iot-2/type/+/id/+/evt/+/fmt/+";

  @TempDir Path folder = Path.of(".");

  private final PublishingDevice device = new PublishingDevice("p1", "token-of-pump-one", 2);

  @Test
  void lasting_sessions_get_every_acknowledged_event_once_across_kill_9() throws Exception {
    Application reading = new Application("a:acme01:reading");
    Application away = new Application("a:acme01:away");
    ChildServer server = ChildServer.start(folder, "limits: { queued-messages: 100000 }\n");
    try {
      for (Application application : List.of(reading, away)) {
        try (RawMqttClient client = application.open(server, false)) {
          client.subscribe(1, 2, EVENTS);
        }
      }
      for (int round = 1; round <= ROUNDS; round++) {
        Thread reader = reading.readUntilCut(server);
        loadAndKill(server);
        reader.join(Duration.ofSeconds(30));
        assertThat(reader.isAlive()).isFalse();
        server = ChildServer.start(folder, "limits: { queued-messages: 100000 }\n");
        for (Application application : List.of(reading, away)) {
          application.readAll(server, device.acknowledged());
          System.out.println(
              application.clientId
                  + ": acknowledged "
                  + device.acknowledged().size()
                  + ", received "
                  + application.counts.size());
          assertThat(application.counts.keySet()).containsAll(device.acknowledged());
          assertThat(application.counts.values()).containsOnly(1);
        }
      }
    } finally {
      server.close();
    }
  }

  /** MQTT-4.3.3-2 across a kill: the id is stored in one write with the event. */
  @Test
  void an_event_sent_again_at_qos_2_after_kill_9_is_stored_once() throws Exception {
    RawMqttClient.Connect connect =
        new RawMqttClient.Connect("d:acme01:pump:p2")
            .clean(false)
            .login("use-token-auth", "token-of-pump-two");
    String topic = "iot-2/evt/count/fmt/json";
    ChildServer server = ChildServer.start(folder, "");
    try {
      try (RawMqttClient pump = server.raw()) {
        pump.login(connect);
        pump.sendPublish(topic, "{\"n\":1}", 2, 7);
        assertThat(pump.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
        server.kill();
      }
      server = ChildServer.start(folder, "");
      try (RawMqttClient pump = server.raw()) {
        assertThat(pump.login(connect)).isTrue();
        pump.send(RawMqttClient.publish(topic, "{\"n\":1}", 2, 7, false, true));
        assertThat(pump.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
        pump.sendAck(RawMqttClient.PUBREL, 7);
        assertThat(pump.expectAck(RawMqttClient.PUBCOMP)).isEqualTo(7);
        pump.sendPublish(topic, "{\"n\":2}", 2, 7);
        assertThat(pump.expectAck(RawMqttClient.PUBREC)).isEqualTo(7);
      }
      assertThat(new PublishingDevice("p2", "token-of-pump-two", 2).stored(server.app()))
          .isEqualTo(Map.of(1, 1, 2, 1));
    } finally {
      server.close();
    }
  }

  private void loadAndKill(ChildServer server) throws Exception {
    int before = device.acknowledged().size();
    MqttAsyncClient client = device.connect(server);
    Thread load = Thread.ofPlatform().start(() -> device.publishUntilCut(client));
    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(() ->
            assertThat(device.acknowledged())
                .hasSizeGreaterThanOrEqualTo(before + ACKNOWLEDGED_MIN));
    int moment = ThreadLocalRandom.current().nextInt(100);
    System.out.println("killed " + moment + " ms after the load was seen");
    await().pollDelay(Duration.ofMillis(moment)).until(() -> true);
    server.kill();
    load.join(Duration.ofSeconds(30));
    assertThat(load.isAlive()).isFalse();
    try {
      client.close(true);
    } catch (MqttException cut) {
      // It lost its connection; nothing is left to close.
    }
  }

  /** An application with a session that lasts, and the memory that QoS 2 asks of a client. */
  private static final class Application {
    private final String clientId;
    private final Map<Integer, Integer> counts = new ConcurrentHashMap<>();
    private final Set<Integer> unreleased = new HashSet<>();
    private final JsonMapper json = JsonMapper.builder().build();

    Application(String clientId) {
      this.clientId = clientId;
    }

    RawMqttClient open(ChildServer server, boolean present) throws IOException {
      RawMqttClient opened = server.raw();
      assertThat(
              opened.login(
                  new RawMqttClient.Connect(clientId)
                      .clean(false)
                      .login(RunningServer.APP_KEY, RunningServer.APP_TOKEN)))
          .isEqualTo(present);
      return opened;
    }

    Thread readUntilCut(ChildServer server) throws IOException {
      RawMqttClient mine = open(server, true);
      return Thread.ofPlatform()
          .start(() -> {
            try {
              while (true) {
                take(mine, mine.read());
              }
            } catch (UncheckedIOException cut) {
              // That is how it ends: the server was killed.
            }
          });
    }

    /** Until all of these have come, and nothing more is on the way. */
    void readAll(ChildServer server, Set<Integer> expected) throws IOException {
      RawMqttClient mine = open(server, true);
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      boolean quiet = false;
      while (System.nanoTime() < deadline && !(quiet && counts.keySet().containsAll(expected))) {
        mine.sendPing();
        quiet = true;
        Packet packet = mine.read();
        while (packet.type() != RawMqttClient.PINGRESP) {
          quiet = false;
          take(mine, packet);
          packet = mine.read();
        }
      }
      mine.close();
    }

    private void take(RawMqttClient mine, Packet packet) {
      if (packet.type() == RawMqttClient.PUBREL) {
        unreleased.remove(packet.packetId());
        mine.sendAck(RawMqttClient.PUBCOMP, packet.packetId());
      } else if (packet.type() == RawMqttClient.PUBLISH) {
        Published message = RawMqttClient.published(packet);
        assertThat(message.qos()).isEqualTo(2);
        if (unreleased.add(message.packetId())) {
          counts.merge(json.readTree(message.payload()).path("n").asInt(), 1, Integer::sum);
        }
        mine.sendAck(RawMqttClient.PUBREC, message.packetId());
      }
    }
  }
}
