package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.MqttWebSocketConfig;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** HiveMQ's client of version 5. */
final class HiveMq5StoryClient implements StoryClient {
  private static final long PATIENCE_SECONDS = 20;
  private static final long HOUR_SECONDS = 3_600;

  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private final Mqtt5AsyncClient client;
  private boolean listening;

  HiveMq5StoryClient(Way way) {
    Mqtt5ClientBuilder builder =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(way.clientId())
            .serverHost("localhost")
            .serverPort(way.port());
    if (way.transport() != Transport.TCP) {
      builder =
          builder
              .sslConfig(
                  MqttClientSslConfig.builder().trustManagerFactory(way.trustManagers()).build())
              .simpleAuth(
                  Mqtt5SimpleAuth.builder()
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
        .connect(
            Mqtt5Connect.builder()
                .cleanStart(clean)
                .sessionExpiryInterval(clean ? 0 : HOUR_SECONDS)
                .build())
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .isSessionPresent();
  }

  @Override
  public void connectWithWill(String topic, String text) throws Exception {
    listen(true);
    Mqtt5Publish will =
        Mqtt5Publish.builder()
            .topic(topic)
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(text.getBytes(UTF_8))
            .build();
    client
        .connect(Mqtt5Connect.builder().cleanStart(true).willPublish(will).build())
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void subscribe(String filter, int qos) throws Exception {
    client
        .subscribeWith()
        .topicFilter(filter)
        .qos(HiveMqStoryClient.qos(qos))
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
        .qos(HiveMqStoryClient.qos(qos))
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
}
