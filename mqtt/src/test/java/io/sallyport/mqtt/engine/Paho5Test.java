package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRefusal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A client of version 5 that others wrote: Paho. */
class Paho5Test {
  /** It tells each packet; held here because loggers are forgotten when nobody holds them. */
  private static final Logger PAHO = Logger.getLogger("org.eclipse.paho.mqttv5");

  @AutoClose private final TestServer server = new TestServer();

  @BeforeAll
  static void quieten() {
    PAHO.setLevel(Level.WARNING);
  }

  @Test
  void messages_of_every_qos_go_through_with_their_properties() throws MqttException {
    Recorder recorder = new Recorder();
    MqttClient reader = client("reader");
    MqttClient writer = client("writer");
    reader.setCallback(recorder);
    reader.connect(options(true, 0));
    reader.subscribe("sensor/+/temp", 2);
    writer.connect(options(true, 0));
    for (int i = 0; i < 60; i++) {
      writer.publish("sensor/1/temp", message("m" + i, i % 3));
    }
    await().untilAsserted(() -> assertThat(recorder.messages).hasSize(60));
    assertThat(recorder.messages)
        .allSatisfy(message -> {
          MqttProperties properties = message.getProperties();
          assertThat(properties.getContentType()).isEqualTo("text/plain");
          assertThat(properties.getResponseTopic()).isEqualTo("reply");
          assertThat(properties.getUserProperties())
              .containsExactly(new UserProperty("b", "1"), new UserProperty("a", "2"));
          assertThat(properties.getMessageExpiryInterval()).isEqualTo(1_000L);
        });
    leave(reader);
    leave(writer);
  }

  @Test
  void session_that_lasts_gets_what_it_missed() throws MqttException {
    Recorder recorder = new Recorder();
    MqttClient reader = client("reader");
    reader.setCallback(recorder);
    assertThat(reader.connectWithResult(options(true, 100)).getSessionPresent()).isFalse();
    reader.subscribe("t", 2);
    reader.disconnect();
    MqttClient writer = client("writer");
    writer.connect(options(true, 0));
    for (int i = 0; i < 100; i++) {
      writer.publish("t", message("m" + i, 1 + i % 2));
    }
    assertThat(reader.connectWithResult(options(false, 100)).getSessionPresent()).isTrue();
    await().untilAsserted(() -> assertThat(recorder.messages).hasSize(100));
    assertThat(recorder.messages.getFirst()).hasToString("m0");
    assertThat(recorder.messages.getLast()).hasToString("m99");
    leave(reader);
    leave(writer);
  }

  @Test
  void client_without_id_learns_its_name() throws MqttException {
    MqttClient client = client("");
    assertThat(client.connectWithResult(options(true, 0)).getResponseProperties())
        .satisfies(
            properties -> assertThat(properties.getAssignedClientIdentifier()).startsWith("auto-"));
    leave(client);
  }

  @Test
  void refusal_and_close_reach_the_application_with_their_reasons() throws MqttException {
    Recorder recorder = new Recorder();
    MqttClient client = client("c");
    client.setCallback(recorder);
    client.connect(options(true, 0));
    server.gate.binding("c").out().close(CloseReason.ADMINISTRATIVE);
    await().untilAsserted(() -> assertThat(recorder.disconnects).containsExactly(0x98));
    server.gate.admission = _ -> new Admission.Refused(ConnectRefusal.BAD_USER_NAME_OR_PASSWORD);
    assertThatThrownBy(() -> client.connect(options(true, 0)))
        .isInstanceOfSatisfying(
            MqttException.class, e -> assertThat(e.getReasonCode()).isEqualTo(0x86));
    client.close(true);
  }

  private MqttClient client(String id) throws MqttException {
    return new MqttClient("tcp://127.0.0.1:" + server.port(), id, new MemoryPersistence());
  }

  private static void leave(MqttClient client) throws MqttException {
    client.disconnect();
    client.close(true);
  }

  private static MqttConnectionOptions options(boolean cleanStart, long expirySeconds) {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(cleanStart);
    options.setSessionExpiryInterval(expirySeconds);
    options.setTopicAliasMaximum(4);
    return options;
  }

  private static MqttMessage message(String text, int qos) {
    MqttProperties properties = new MqttProperties();
    properties.setContentType("text/plain");
    properties.setResponseTopic("reply");
    properties.setMessageExpiryInterval(1_000L);
    properties.setUserProperties(List.of(new UserProperty("b", "1"), new UserProperty("a", "2")));
    MqttMessage message = new MqttMessage(text.getBytes(StandardCharsets.UTF_8));
    message.setQos(qos);
    message.setProperties(properties);
    return message;
  }

  private static final class Recorder implements MqttCallback {
    final List<MqttMessage> messages = new CopyOnWriteArrayList<>();
    final List<Integer> disconnects = new CopyOnWriteArrayList<>();

    @Override
    public void disconnected(MqttDisconnectResponse response) {
      disconnects.add(response.getReturnCode());
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      messages.add(message);
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
  }
}
