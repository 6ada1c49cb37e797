package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MqttDefaultFilePersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Eclipse Paho's client of version 5. */
final class Paho5StoryClient implements StoryClient {
  private static final long PATIENCE_MILLIS = 20_000;
  private static final long HOUR_SECONDS = 3_600;

  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
  private final Way way;
  private final MqttAsyncClient client;

  Paho5StoryClient(Way way) throws MqttException {
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
      if (e.getReasonCode() != MqttClientException.REASON_CODE_CONNECTION_LOST) {
        throw e;
      }
      // It sends no CONNECT at all if an acknowledgement was left over from the connection before.
      return connect(options(clean));
    }
  }

  @Override
  public void connectWithWill(String topic, String text) throws MqttException {
    MqttConnectionOptions options = options(true);
    MqttMessage will = new MqttMessage(text.getBytes(UTF_8));
    will.setQos(1);
    options.setWill(topic, will);
    connect(options);
  }

  private boolean connect(MqttConnectionOptions options) throws MqttException {
    // Its tokens are complete a moment before it has left.
    IMqttToken token =
        await()
            .atMost(Duration.ofMillis(PATIENCE_MILLIS))
            .dontCatchUncaughtExceptions()
            .ignoreExceptionsMatching(e ->
                e instanceof MqttException leaving
                    && leaving.getReasonCode()
                        == MqttClientException.REASON_CODE_CLIENT_DISCONNECTING)
            .until(() -> client.connect(options), started -> true);
    token.waitForCompletion(PATIENCE_MILLIS);
    return token.getSessionPresent();
  }

  private MqttConnectionOptions options(boolean clean) {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setCleanStart(clean);
    options.setSessionExpiryInterval(clean ? 0L : HOUR_SECONDS);
    if (way.transport() != Transport.TCP) {
      options.setUserName(Way.USER);
      options.setPassword(Way.PASSWORD.getBytes(UTF_8));
      options.setSocketFactory(way.trust().getSocketFactory());
    }
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
      client.disconnectForcibly(0, 1_000, false);
    }
    client.close(true);
  }

  private record Completion(CompletableFuture<IMqttToken> done) implements MqttActionListener {
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
    public void messageArrived(String topic, MqttMessage message) {
      heard.add(
          new Heard(
              topic,
              new String(message.getPayload(), UTF_8),
              message.getQos(),
              message.isRetained()));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {}

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
