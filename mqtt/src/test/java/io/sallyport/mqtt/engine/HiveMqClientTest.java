package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRefusal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A strict client of version 5 that others wrote: HiveMQ's. */
class HiveMqClientTest {
  @AutoClose private final TestServer server = new TestServer();

  @Test
  void messages_of_every_qos_go_through_in_order_with_aliases() {
    List<String> received = new CopyOnWriteArrayList<>();
    Mqtt5BlockingClient reader = client("reader");
    Mqtt5BlockingClient writer = client("writer");
    // Receive Maximum 3 makes the queue behind it work.
    reader
        .connectWith()
        .restrictions()
        .receiveMaximum(3)
        .topicAliasMaximum(5)
        .applyRestrictions()
        .send();
    reader
        .toAsync()
        .subscribeWith()
        .topicFilter("sensor/#")
        .qos(MqttQos.EXACTLY_ONCE)
        .callback(publish -> received.add(text(publish)))
        .send()
        .join();
    writer.connectWith().restrictions().sendTopicAliasMaximum(16).applyRestrictions().send();
    for (int i = 0; i < 90; i++) {
      writer
          .publishWith()
          .topic("sensor/" + i % 2 + "/temperature")
          .qos(i % 2 == 0 ? MqttQos.AT_LEAST_ONCE : MqttQos.EXACTLY_ONCE)
          .payload(("m" + i).getBytes(StandardCharsets.UTF_8))
          .send();
    }
    await().untilAsserted(() -> assertThat(received).hasSize(90));
    for (int parity = 0; parity < 2; parity++) {
      int rest = parity;
      assertThat(
              received.stream()
                  .map(text -> Integer.parseInt(text.substring(1)))
                  .filter(number -> number % 2 == rest))
          .isSorted();
    }
    reader.disconnect();
    writer.disconnect();
  }

  @Test
  void session_is_resumed_after_a_cut_with_what_was_in_flight() {
    List<String> received = new CopyOnWriteArrayList<>();
    Mqtt5BlockingClient reader = client("reader");
    reader.connectWith().cleanStart(true).sessionExpiryInterval(100).send();
    reader.subscribeWith().topicFilter("t").qos(MqttQos.EXACTLY_ONCE).send();
    reader.toAsync().publishes(MqttGlobalPublishFilter.ALL, publish -> received.add(text(publish)));
    server.gate.binding("reader").out().close(CloseReason.SERVER_ERROR);
    await().until(() -> !reader.getState().isConnected());
    Mqtt5BlockingClient writer = client("writer");
    writer.connect();
    for (int i = 0; i < 50; i++) {
      writer
          .publishWith()
          .topic("t")
          .qos(MqttQos.EXACTLY_ONCE)
          .payload(("m" + i).getBytes(StandardCharsets.UTF_8))
          .send();
    }
    Mqtt5ConnAck ack = reader.connectWith().cleanStart(false).sessionExpiryInterval(100).send();
    assertThat(ack.isSessionPresent()).isTrue();
    await().untilAsserted(() -> assertThat(received).hasSize(50));
    assertThat(received).first().isEqualTo("m0");
    assertThat(received).last().isEqualTo("m49");
    reader.disconnect();
    writer.disconnect();
  }

  @Test
  void refusals_reach_the_application_with_their_reasons() {
    Mqtt5BlockingClient client = client("c");
    server.gate.onPublish = (_, ack) -> ack.refused(0x97);
    client.connect();
    assertThatThrownBy(() -> client.publishWith().topic("t").qos(MqttQos.AT_LEAST_ONCE).send())
        .isInstanceOfSatisfying(
            Mqtt5PubAckException.class,
            e ->
                assertThat(e.getMqttMessage().getReasonCode())
                    .isEqualTo(Mqtt5PubAckReasonCode.QUOTA_EXCEEDED));
    client.disconnect();
    server.gate.admission = _ -> new Admission.Refused(ConnectRefusal.NOT_AUTHORIZED);
    assertThatThrownBy(client::connect)
        .isInstanceOfSatisfying(
            Mqtt5ConnAckException.class,
            e ->
                assertThat(e.getMqttMessage().getReasonCode())
                    .isEqualTo(Mqtt5ConnAckReasonCode.NOT_AUTHORIZED));
  }

  private Mqtt5BlockingClient client(String id) {
    return MqttClient.builder()
        .useMqttVersion5()
        .identifier(id)
        .serverHost("127.0.0.1")
        .serverPort(server.port())
        .buildBlocking();
  }

  private static String text(Mqtt5Publish publish) {
    return new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8);
  }
}
