package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.InboundPublish;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * MESSAGING.md section 9: QoS 2 in both directions while the connection is cut at random points and
 * the contract answers late, from another thread. Nothing lost, nothing twice, in order.
 */
class ExactlyOnceTest {
  private static final int MESSAGES = 300;

  @AutoClose private final TestServer server = new TestServer();
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @Test
  void every_message_from_a_client_is_taken_once_however_often_it_is_cut()
      throws InterruptedException {
    System.out.println("ExactlyOnceTest seed " + seed);
    server.gate.holdAnswers();
    Thread contract = Thread.ofVirtual().start(this::answerLate);
    RawMqttClient writer = connected("writer");
    for (int i = 0; i < MESSAGES; i++) {
      int id = i % 7 + 1;
      boolean duplicate = false;
      boolean received = false;
      boolean completed = false;
      while (!completed) {
        if (received) {
          writer.sendAck(RawMqttClient.PUBREL, id);
        } else {
          writer.send(RawMqttClient.publish("t", "m" + i, 2, id, false, duplicate));
          duplicate = true;
        }
        if (random.nextInt(3) == 0) {
          writer.close();
          writer = connected("writer");
        } else if (received) {
          assertThat(writer.expectAck(RawMqttClient.PUBCOMP)).isEqualTo(id);
          completed = true;
        } else {
          assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(id);
          received = true;
        }
      }
    }
    writer.close();
    contract.interrupt();
    contract.join();
    assertThat(server.gate.published.stream().map(ExactlyOnceTest::text))
        .as("seed %d", seed)
        .containsExactlyElementsOf(IntStream.range(0, MESSAGES).mapToObj(i -> "m" + i).toList());
  }

  @Test
  void every_message_to_a_client_arrives_once_however_often_it_is_cut() {
    System.out.println("ExactlyOnceTest seed " + seed);
    RawMqttClient reader = connected("reader");
    reader.subscribe(1, 2, "t");
    for (int i = 0; i < MESSAGES; i++) {
      byte[] payload = ("m" + i).getBytes(StandardCharsets.UTF_8);
      server.engine.route(TestGate.SCOPE, Message.of("t", payload, Qos.EXACTLY_ONCE));
    }
    List<String> taken = new ArrayList<>();
    Set<Integer> open = new HashSet<>();
    int completed = 0;
    while (completed < MESSAGES) {
      if (random.nextInt(20) == 0) {
        reader.close();
        reader = connected("reader");
      }
      RawMqttClient.Packet packet = reader.read();
      if (packet.type() == RawMqttClient.PUBREL) {
        boolean known = open.remove(packet.packetId());
        reader.sendAck(RawMqttClient.PUBCOMP, packet.packetId());
        completed += known ? 1 : 0;
        continue;
      }
      assertThat(packet.type()).isEqualTo(RawMqttClient.PUBLISH);
      RawMqttClient.Published message = RawMqttClient.published(packet);
      if (open.add(message.packetId())) {
        taken.add(message.payload());
      } else {
        assertThat(message.duplicate()).isTrue();
      }
      assertThat(open).hasSizeLessThanOrEqualTo(32);
      reader.sendAck(RawMqttClient.PUBREC, message.packetId());
    }
    reader.close();
    assertThat(taken)
        .as("seed %d", seed)
        .containsExactlyElementsOf(IntStream.range(0, MESSAGES).mapToObj(i -> "m" + i).toList());
  }

  private RawMqttClient connected(String clientId) {
    RawMqttClient client = server.client();
    client.login(clientId, false);
    return client;
  }

  private void answerLate() {
    try {
      while (true) {
        Ack ack = server.gate.held.take();
        LockSupport.parkNanos(200_000); // A disk takes its time.
        ack.accepted();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String text(InboundPublish publish) {
    return new String(publish.payload(), StandardCharsets.UTF_8);
  }
}
