package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.MqttWebSocketConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.message.auth.Mqtt3SimpleAuth;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3Connect;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** HiveMQ's client of 3.1.1. */
final class HiveMqStoryClient implements StoryClient {
  private static final long PATIENCE_SECONDS = 20;

  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private final Mqtt3AsyncClient client;
  private boolean listening;

  HiveMqStoryClient(Way way) {
    Mqtt3ClientBuilder builder =
        MqttClient.builder()
            .useMqttVersion3()
            .identifier(way.clientId())
            .serverHost("localhost")
            .serverPort(way.port());
    if (way.transport() != Transport.TCP) {
      builder =
          builder
              .sslConfig(
                  MqttClientSslConfig.builder().trustManagerFactory(way.trustManagers()).build())
              .simpleAuth(
                  Mqtt3SimpleAuth.builder()
                      .username(Way.USER)
                      .password(Way.PASSWORD.getBytes(UTF_8))
                      .build());
    }
    if (way.transport() == Transport.WEBSOCKET) {
      builder = builder.webSocketConfig(MqttWebSocketConfig.builder().serverPath(Way.PATH).build());
    }
    this.client = builder.buildAsync();
  }

  /** The client forgets who listens when a session ends. */
  private void listen(boolean clean) {
    if (!listening) {
      client.publishes(
          MqttGlobalPublishFilter.ALL,
          message ->
              heard.add(
                  new Heard(
                      message.getTopic().toString(),
                      new String(message.getPayloadAsBytes(), UTF_8),
                      message.getQos().getCode(),
                      message.isRetain())));
    }
    listening = !clean;
  }

  @Override
  public boolean connect(boolean clean) throws Exception {
    listen(clean);
    return client
        .connect(Mqtt3Connect.builder().cleanSession(clean).build())
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .isSessionPresent();
  }

  @Override
  public void connectWithWill(String topic, String text) throws Exception {
    listen(true);
    Mqtt3Publish will =
        Mqtt3Publish.builder()
            .topic(topic)
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(text.getBytes(UTF_8))
            .build();
    client
        .connect(Mqtt3Connect.builder().cleanSession(true).willPublish(will).build())
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void subscribe(String filter, int qos) throws Exception {
    client
        .subscribeWith()
        .topicFilter(filter)
        .qos(qos(qos))
        .send()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void unsubscribe(String filter) throws Exception {
    client.unsubscribeWith().topicFilter(filter).send().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public Future<?> publish(String topic, String text, int qos, boolean retained) {
    return client
        .publishWith()
        .topic(topic)
        .qos(qos(qos))
        .retain(retained)
        .payload(text.getBytes(UTF_8))
        .send();
  }

  @Override
  public void disconnect() throws Exception {
    client.disconnect().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public boolean isConnected() {
    return client.getState().isConnected();
  }

  @Override
  public BlockingQueue<Heard> heard() {
    return heard;
  }

  @Override
  public void close() throws Exception {
    if (isConnected()) {
      disconnect();
    }
  }

  /** Of that number. */
  static MqttQos qos(int code) {
    return switch (code) {
      case 0 -> MqttQos.AT_MOST_ONCE;
      case 1 -> MqttQos.AT_LEAST_ONCE;
      default -> MqttQos.EXACTLY_ONCE;
    };
  }
}
