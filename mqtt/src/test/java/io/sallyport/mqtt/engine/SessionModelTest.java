package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Packet;
import io.sallyport.mqtt.RawMqttClient.Published;
import io.sallyport.mqtt.store.InMemorySessionStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * One writer and one reader with durable sessions: publish, acknowledge, cut, reconnect, takeover
 * and kill of the server in any order. QoS 1: nothing that was acknowledged is lost, and first
 * copies come in order; QoS 2: each message once, in order; the window is never exceeded and its
 * ids are unique. {@code -Dsallyport.model.steps} for more, {@code -Dsallyport.model.seed} repeats
 * one.
 */
class SessionModelTest {
  private static final int STEPS = Integer.getInteger("sallyport.model.steps", 600);
  private static final int WINDOW = 5;

  private final long seed = Long.getLong("sallyport.model.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final ExecutorService commits = Executors.newSingleThreadExecutor();
  private final InMemorySessionStore disk = new InMemorySessionStore(commits, 10_000);
  private final TestClock clock = new TestClock();
  private CrashingStore store = new CrashingStore(disk);
  private TestServer server = server();

  private @Nullable RawMqttClient reader;

  /** What the reader as a program knows: by its own copy of the protocol's rules. */
  private final List<String> taken = new ArrayList<>();

  /** QoS 2 ids received and not released, as the client must remember them. */
  private final Set<Integer> received = new HashSet<>();

  /** Sent on this connection and not yet acknowledged by us. */
  private final Map<Integer, Published> open = new LinkedHashMap<>();

  private TestServer server() {
    TestServer started = new TestServer(MqttConfig.DEFAULT, clock, store);
    ClientLimits all = ClientLimits.DEFAULT;
    started.gate.limits =
        new ClientLimits(
            all.packetBytesMax(),
            all.payloadBytesMax(),
            WINDOW,
            all.receiveMax(),
            10_000,
            64 << 20,
            all.overflow(),
            all.subscriptionsMax(),
            all.sessionExpiry());
    return started;
  }

  @AfterEach
  void close() {
    server.close();
    commits.shutdownNow();
  }

  @Test
  void each_message_of_qos_2_arrives_once_and_in_order() {
    List<String> sent = run(2);
    assertThat(taken).as("seed %d", seed).containsExactlyElementsOf(sent);
  }

  @Test
  void no_message_of_qos_1_is_lost_and_first_copies_are_in_order() {
    List<String> sent = run(1);
    assertThat(new ArrayList<>(new LinkedHashSet<>(taken)))
        .as("seed %d", seed)
        .containsExactlyElementsOf(sent);
  }

  private List<String> run(int qos) {
    System.out.println("SessionModelTest seed " + seed + ", QoS " + qos);
    connectReader();
    reader().subscribe(1, qos, "t");
    Writer writer = new Writer(qos);
    for (int step = 0; step < STEPS; step++) {
      int choice = random.nextInt(100);
      if (choice < 45) {
        writer.publish();
      } else if (choice < 85) {
        readSome();
      } else if (choice < 90) {
        cutReader();
      } else if (choice < 93) {
        takeReaderOver();
      } else if (choice < 97) {
        writer.cut();
      } else {
        kill(writer);
      }
    }
    connectReader();
    drain(writer.sent.size());
    cutReader();
    writer.cut();
    return writer.sent;
  }

  private RawMqttClient reader() {
    RawMqttClient present = reader;
    if (present == null) {
      present = connect("reader");
      reader = present;
      open.clear();
    }
    return present;
  }

  private void connectReader() {
    RawMqttClient _ = reader();
  }

  private RawMqttClient connect(String clientId) {
    RawMqttClient client = server.client();
    client.login(clientId, false);
    return client;
  }

  private void cutReader() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }

  private void takeReaderOver() {
    RawMqttClient before = reader;
    reader = null;
    connectReader();
    if (before != null) {
      before.close();
    }
  }

  private void kill(Writer writer) {
    store.kill();
    cutReader();
    writer.cut();
    server.close();
    store = new CrashingStore(disk);
    server = server();
  }

  /** What has come up to now, some of it acknowledged. */
  private void readSome() {
    RawMqttClient client = reader();
    client.sendPing();
    boolean pong = false;
    while (!pong) {
      Packet packet = client.read();
      pong = packet.type() == RawMqttClient.PINGRESP;
      if (!pong) {
        take(client, packet);
      }
    }
    acknowledgeSome(client, false);
  }

  private void drain(int messages) {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while ((new HashSet<>(taken).size() < messages || !open.isEmpty() || !received.isEmpty())
        && System.nanoTime() < deadline) {
      RawMqttClient client = reader();
      readSome();
      acknowledgeSome(client, true);
    }
  }

  private void take(RawMqttClient client, Packet packet) {
    if (packet.type() == RawMqttClient.PUBREL) {
      received.remove(packet.packetId());
      open.remove(packet.packetId());
      client.sendAck(RawMqttClient.PUBCOMP, packet.packetId());
      return;
    }
    Published message = RawMqttClient.published(packet);
    int id = message.packetId();
    assertThat(open).as("seed %d: id %d is in flight", seed, id).doesNotContainKey(id);
    open.put(id, message);
    assertThat(open).as("seed %d: window", seed).hasSizeLessThanOrEqualTo(WINDOW);
    if (message.qos() == 1 || received.add(id)) {
      taken.add(message.payload());
    }
  }

  private void acknowledgeSome(RawMqttClient client, boolean all) {
    List<Published> messages = List.copyOf(open.values());
    for (Published message : messages) {
      if (!all && random.nextInt(3) == 0) {
        return; // In order, as a client must.
      }
      if (message.qos() == 1) {
        open.remove(message.packetId());
        client.sendAck(RawMqttClient.PUBACK, message.packetId());
      } else {
        client.sendAck(RawMqttClient.PUBREC, message.packetId());
      }
    }
  }

  /** Publishes one message after another, each until its flow is complete. */
  private final class Writer {
    private final int qos;
    private final List<String> sent = new ArrayList<>();
    private @Nullable RawMqttClient client;

    Writer(int qos) {
      this.qos = qos;
    }

    void cut() {
      if (client != null) {
        client.close();
        client = null;
      }
    }

    private RawMqttClient client() {
      RawMqttClient present = client;
      if (present == null) {
        present = connect("writer");
        client = present;
      }
      return present;
    }

    void publish() {
      int number = sent.size();
      int id = number % 11 + 1;
      String payload = "m" + number;
      sent.add(payload);
      boolean again = false;
      boolean known = false;
      while (true) {
        RawMqttClient now = client();
        if (known) {
          now.sendAck(RawMqttClient.PUBREL, id);
        } else {
          now.send(RawMqttClient.publish("t", payload, qos, id, false, again));
          again = true;
        }
        int trouble = random.nextInt(40);
        if (trouble == 0) {
          cut();
        } else if (trouble == 1) {
          kill(this);
        } else if (qos == 1) {
          assertThat(now.expectAck(RawMqttClient.PUBACK)).isEqualTo(id);
          return;
        } else if (known) {
          assertThat(now.expectAck(RawMqttClient.PUBCOMP)).isEqualTo(id);
          return;
        } else {
          assertThat(now.expectAck(RawMqttClient.PUBREC)).isEqualTo(id);
          known = true;
        }
      }
    }
  }
}
