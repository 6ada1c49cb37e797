package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.RawMqttClient;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** From one client to another. */
class DeliveryTest {
  @AutoClose private final TestServer server = new TestServer();

  @Test
  void message_of_each_qos_reaches_a_subscriber() {
    try (RawMqttClient reader = server.client("reader");
        RawMqttClient writer = server.client("writer")) {
      assertThat(reader.subscribe(1, 2, "a/+")).isEqualTo("02");

      writer.sendPublish("a/b", "zero", 0, 0);
      writer.sendPublish("a/b", "one", 1, 7);
      writer.sendPublish("a/b", "two", 2, 8);

      assertThat(writer.expectAck(RawMqttClient.PUBACK)).isEqualTo(7);
      assertThat(writer.expectAck(RawMqttClient.PUBREC)).isEqualTo(8);
      writer.sendAck(RawMqttClient.PUBREL, 8);
      assertThat(writer.expectAck(RawMqttClient.PUBCOMP)).isEqualTo(8);
      assertThat(reader.expectPublish())
          .isEqualTo(new RawMqttClient.Published("a/b", "zero", 0, false, false, 0));
      assertThat(reader.expectPublish())
          .isEqualTo(new RawMqttClient.Published("a/b", "one", 1, false, false, 1));
      assertThat(reader.expectPublish())
          .isEqualTo(new RawMqttClient.Published("a/b", "two", 2, false, false, 2));
      reader.sendAck(RawMqttClient.PUBACK, 1);
      reader.sendAck(RawMqttClient.PUBREC, 2);
      assertThat(reader.expectAck(RawMqttClient.PUBREL)).isEqualTo(2);
      reader.sendAck(RawMqttClient.PUBCOMP, 2);
      reader.expectNothingBeforePong();
    }
  }
}
