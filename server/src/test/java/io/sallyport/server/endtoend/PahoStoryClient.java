package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MqttDefaultFilePersistence;

/** Eclipse Paho's client of 3.1.1. */
final class PahoStoryClient implements StoryClient {
  private static final long PATIENCE_MILLIS = 20_000;

  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private final Way way;
  private final MqttAsyncClient client;

  PahoStoryClient(Way way) throws MqttException {
    this.way = way;
    this.client =
        new MqttAsyncClient(
            way.uri(), way.clientId(), new MqttDefaultFilePersistence(way.folder().toString()));
    client.setCallback(new Listener());
  }

  @Override
  public boolean connect(boolean clean) throws MqttException {
    try {
      return connect(options(clean));
    } catch (MqttException e) {
      if (e.getReasonCode() != MqttException.REASON_CODE_CONNECTION_LOST) {
        throw e;
      }
      // It sends no CONNECT at all if an acknowledgement was left over from the connection before.
      return connect(options(clean));
    }
  }

  @Override
  public void connectWithWill(String topic, String text) throws MqttException {
    MqttConnectOptions options = options(true);
    options.setWill(topic, text.getBytes(UTF_8), 1, false);
    connect(options);
  }

  private boolean connect(MqttConnectOptions options) throws MqttException {
    IMqttToken token = client.connect(options);
    token.waitForCompletion(PATIENCE_MILLIS);
    return token.getSessionPresent();
  }

  private MqttConnectOptions options(boolean clean) {
    MqttConnectOptions options =
        way.transport() == Transport.TCP
            ? new MqttConnectOptions()
            : RunningServer.login(way.trust(), Way.USER, Way.PASSWORD);
    options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
    options.setCleanSession(clean);
    return options;
  }

  @Override
  public void subscribe(String filter, int qos) throws MqttException {
    client.subscribe(filter, qos).waitForCompletion(PATIENCE_MILLIS);
  }

  @Override
  public void unsubscribe(String filter) throws MqttException {
    client.unsubscribe(filter).waitForCompletion(PATIENCE_MILLIS);
  }

  @Override
  public Future<?> publish(String topic, String text, int qos, boolean retained)
      throws MqttException {
    CompletableFuture<IMqttToken> done = new CompletableFuture<>();
    client.publish(topic, text.getBytes(UTF_8), qos, retained, null, new Completion(done));
    return done;
  }

  @Override
  public void disconnect() throws MqttException {
    client.disconnect().waitForCompletion(PATIENCE_MILLIS);
  }

  @Override
  public boolean isConnected() {
    return client.isConnected();
  }

  @Override
  public BlockingQueue<Heard> heard() {
    return heard;
  }

  @Override
  public void close() throws MqttException {
    if (client.isConnected()) {
      client.disconnectForcibly(0, 1_000);
    }
    client.close(true);
  }

  private record Completion(CompletableFuture<IMqttToken> done) implements IMqttActionListener {
    @Override
    public void onSuccess(IMqttToken token) {
      done.complete(token);
    }

    @Override
    public void onFailure(IMqttToken token, Throwable reason) {
      // Paho fails what is in flight when the connection goes, and sends it again all the same.
    }
  }

  private final class Listener implements MqttCallback {
    @Override
    public void connectionLost(Throwable cause) {}

    @Override
    public void messageArrived(String topic, MqttMessage message) {
      heard.add(
          new Heard(
              topic,
              new String(message.getPayload(), UTF_8),
              message.getQos(),
              message.isRetained()));
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {}
  }
}
