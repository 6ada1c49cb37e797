package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ConnectRefusal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallbackExtended;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that others wrote. */
class PahoTest {
  @AutoClose private final TestServer server = new TestServer();

  @ParameterizedTest
  @ValueSource(ints = {MqttConnectOptions.MQTT_VERSION_3_1, MqttConnectOptions.MQTT_VERSION_3_1_1})
  void messages_of_every_qos_go_through_in_order(int version) throws MqttException {
    List<String> received = new CopyOnWriteArrayList<>();
    try (MqttClient reader = client("reader");
        MqttClient writer = client("writer")) {
      reader.connect(options(version, true));
      reader.subscribe("sensor/+/temp", 2, (topic, message) -> received.add(topic + " " + message));
      writer.connect(options(version, true));
      for (int i = 0; i < 60; i++) {
        writer.publish("sensor/1/temp", bytes("m" + i), i % 3, false);
      }
      await().untilAsserted(() -> assertThat(received).hasSize(60));
      for (int qos = 0; qos < 3; qos++) {
        int level = qos;
        assertThat(received.stream().filter(m -> number(m) % 3 == level).map(PahoTest::number))
            .isSorted();
      }
      reader.disconnect();
      writer.disconnect();
    }
  }

  @Test
  void persistent_session_gets_what_it_missed() throws MqttException {
    List<String> received = new CopyOnWriteArrayList<>();
    try (MqttClient reader = client("reader");
        MqttClient writer = client("writer")) {
      reader.setCallback(recordingInto(received));
      reader.connect(options(MqttConnectOptions.MQTT_VERSION_3_1_1, false));
      reader.subscribe("t", 1);
      reader.disconnect();
      writer.connect(options(MqttConnectOptions.MQTT_VERSION_3_1_1, true));
      for (int i = 0; i < 100; i++) {
        writer.publish("t", bytes("m" + i), 1, false);
      }
      reader.connect(options(MqttConnectOptions.MQTT_VERSION_3_1_1, false));
      await().untilAsserted(() -> assertThat(received).hasSize(100));
      assertThat(received).first().isEqualTo("m0");
      assertThat(received).last().isEqualTo("m99");
      reader.disconnect();
      writer.disconnect();
    }
  }

  @Test
  void refusal_reaches_the_application() throws MqttException {
    server.gate.admission = _ -> new Admission.Refused(ConnectRefusal.BAD_USER_NAME_OR_PASSWORD);
    try (MqttClient client = client("c")) {
      assertThatThrownBy(() -> client.connect(options(MqttConnectOptions.MQTT_VERSION_3_1_1, true)))
          .isInstanceOfSatisfying(
              MqttException.class,
              e ->
                  assertThat(e.getReasonCode())
                      .isEqualTo(MqttException.REASON_CODE_FAILED_AUTHENTICATION));
    }
  }

  private MqttClient client(String id) throws MqttException {
    return new MqttClient("tcp://127.0.0.1:" + server.port(), id, new MemoryPersistence());
  }

  private static MqttConnectOptions options(int version, boolean cleanSession) {
    MqttConnectOptions options = new MqttConnectOptions();
    options.setMqttVersion(version);
    options.setCleanSession(cleanSession);
    options.setMaxInflight(200);
    return options;
  }

  private static MqttCallbackExtended recordingInto(List<String> received) {
    return new MqttCallbackExtended() {
      @Override
      public void connectComplete(boolean reconnect, String serverUri) {}

      @Override
      public void connectionLost(Throwable cause) {}

      @Override
      public void messageArrived(String topic, MqttMessage message) {
        received.add(message.toString());
      }

      @Override
      public void deliveryComplete(IMqttDeliveryToken token) {}
    };
  }

  private static int number(String received) {
    return Integer.parseInt(received.substring(received.lastIndexOf('m') + 1));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
