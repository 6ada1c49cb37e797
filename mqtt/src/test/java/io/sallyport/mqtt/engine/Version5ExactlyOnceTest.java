package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.RawMqttClient.Bytes;
import io.sallyport.mqtt.RawMqttClient.Connect;
import io.sallyport.mqtt.RawMqttClient.Packet;
import io.sallyport.mqtt.RawMqttClient.Published5;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * MESSAGING.md section 9, in version 5: QoS 1 and 2 to a client that is cut and taken over at
 * random points and takes another number of messages at a time on each connection. Nothing lost,
 * QoS 2 nothing twice, in order, the window never exceeded (rows 22, 23, 26 and 28).
 */
class Version5ExactlyOnceTest {
  private static final int MESSAGES = 400;

  @AutoClose private final TestServer server = new TestServer();
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  private int receiveMax;

  /** Sent on this connection and not acknowledged to the end. */
  private final Set<Integer> inFlight = new HashSet<>();

  @Test
  void every_message_arrives_in_order_whatever_the_client_takes_at_a_time() {
    System.out.println("Version5ExactlyOnceTest seed " + seed);
    RawMqttClient reader = connected(true);
    reader.subscribe5(1, 2, new Bytes(), "t");
    for (int i = 0; i < MESSAGES; i++) {
      byte[] payload = ("m" + i).getBytes(StandardCharsets.UTF_8);
      Qos qos = Qos.of(1 + i % 2);
      server.engine.route(TestGate.SCOPE, Message.of("t", payload, qos));
    }
    List<String> once = new ArrayList<>();
    List<String> atLeastOnce = new ArrayList<>();
    Set<Integer> received = new HashSet<>();
    while (once.size() + atLeastOnce.size() < MESSAGES) {
      if (random.nextInt(15) == 0) {
        RawMqttClient old = reader;
        if (random.nextBoolean()) {
          old.close();
        }
        reader = connected(false);
        old.close();
      }
      Packet packet = reader.read();
      if (packet.type() == RawMqttClient.PUBREL) {
        received.remove(packet.packetId());
        inFlight.remove(packet.packetId());
        reader.sendAck5(RawMqttClient.PUBCOMP, packet.packetId(), 0);
        continue;
      }
      Published5 message = RawMqttClient.published5(packet);
      assertThat(inFlight.add(message.packetId())).as("resent on one connection").isTrue();
      assertThat(inFlight).as("seed %d", seed).hasSizeLessThanOrEqualTo(receiveMax);
      if (message.qos() == 1) {
        if (!atLeastOnce.contains(message.payload())) {
          atLeastOnce.add(message.payload());
        } else {
          assertThat(message.duplicate()).isTrue();
        }
        if (random.nextInt(4) > 0) { // Else it is left for the next connection.
          reader.sendAck5(RawMqttClient.PUBACK, message.packetId(), 0);
          inFlight.remove(message.packetId());
        } else {
          RawMqttClient old = reader;
          reader = connected(false);
          old.close();
        }
      } else {
        if (received.add(message.packetId())) {
          once.add(message.payload());
        } else {
          assertThat(message.duplicate()).isTrue();
        }
        reader.sendAck5(RawMqttClient.PUBREC, message.packetId(), 0);
      }
    }
    reader.close();
    assertThat(once).as("seed %d", seed).containsExactlyElementsOf(expected(1));
    assertThat(atLeastOnce).as("seed %d", seed).containsExactlyElementsOf(expected(0));
  }

  private static List<String> expected(int rest) {
    return IntStream.range(0, MESSAGES).filter(i -> i % 2 == rest).mapToObj(i -> "m" + i).toList();
  }

  private RawMqttClient connected(boolean cleanStart) {
    RawMqttClient client = server.client();
    receiveMax = 1 + random.nextInt(10);
    inFlight.clear();
    Bytes properties = new Bytes().u8(0x11).u32(1_000).u8(0x21).u16(receiveMax);
    assertThat(
            client
                .connect5(new Connect("reader").clean(cleanStart).properties(properties))
                .sessionPresent())
        .isEqualTo(!cleanStart);
    return client;
  }
}
