package io.sallyport.simulator.fleet;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.figures.DeviceLedger.Sighting;
import io.sallyport.simulator.figures.MessageLedger;
import io.sallyport.simulator.figures.PayloadDigest;
import io.sallyport.simulator.fleet.DeviceMessage.MessageId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import tools.jackson.databind.JsonNode;

/**
 * An application that receives all events of its organization by MQTT at QoS 1, enters them in the
 * ledger, and sends commands on the same connection. A connection that breaks stays broken and is
 * counted: what an application without a session misses then would look like loss.
 */
public final class EventConsumer implements AutoCloseable {
  private static final Duration LOGIN_MAX = Duration.ofSeconds(20);

  private final Mqtt3AsyncClient client;
  private final MessageLedger ledger;
  private final AnswerObserver answers;
  private final LongAdder received = new LongAdder();
  private final LongAdder disconnects = new LongAdder();

  /** Told of every answer to a command; called on the client's threads, must not block. */
  @FunctionalInterface
  public interface AnswerObserver {
    void answered(String deviceId, String correlation, JsonNode answer);
  }

  /**
   * An application that is not connected yet.
   *
   * @param clientId the application's client id, {@code a:<org>:<name>}
   */
  public EventConsumer(
      MqttClients clients,
      String clientId,
      ApplicationLogin login,
      MessageLedger ledger,
      AnswerObserver answers) {
    this.ledger = ledger;
    this.answers = answers;
    this.client =
        clients
            .application(clientId, login)
            .addDisconnectedListener(context -> {
              if (context.getSource() != MqttDisconnectSource.USER) {
                disconnects.increment();
              }
            })
            .buildAsync();
    client.publishes(MqttGlobalPublishFilter.ALL, this::receive);
  }

  /**
   * Connects and subscribes to all events of all devices.
   *
   * @throws IOException when the server refuses either or doesn't answer
   */
  public void connect() throws IOException, InterruptedException {
    await(client.connectWith().cleanSession(true).keepAlive(60).send(), "log in");
    await(
        client
            .subscribeWith()
            .topicFilter("iot-2/type/+/id/+/evt/+/fmt/+")
            .qos(MqttQos.AT_LEAST_ONCE)
            .send(),
        "subscribe");
  }

  /** Sends a command to a device; the future completes with the server's acknowledgement. */
  public CompletableFuture<Void> sendCommand(DeviceLogin device, String name, String json) {
    return client
        .publishWith()
        .topic("iot-2/type/" + device.type() + "/id/" + device.id() + "/cmd/" + name + "/fmt/json")
        .qos(MqttQos.AT_LEAST_ONCE)
        .payload(json.getBytes(StandardCharsets.UTF_8))
        .send()
        .thenAccept(published -> {});
  }

  /** All messages that arrived, doubled and unknown ones too. */
  public long received() {
    return received.sum();
  }

  /** How often the server or the network ended the connection. */
  public long disconnects() {
    return disconnects.sum();
  }

  @Override
  public void close() {
    if (client.getState().isConnected()) {
      // Nothing is left to do when the orderly end fails: the process closes the socket.
      var _ = client.disconnect().handle((done, failure) -> null);
    }
  }

  private void receive(Mqtt3Publish event) {
    long now = System.nanoTime();
    received.increment();
    byte[] payload = event.getPayloadAsBytes();
    List<String> levels = event.getTopic().getLevels();
    Optional<JsonNode> document = DeviceMessage.parse(payload);
    Optional<MessageId> id = document.flatMap(DeviceMessage::idOf);
    if (levels.size() != 9 || id.isEmpty()) {
      ledger.strayed();
      return;
    }
    // The topic names the device that logged in; the payload's own claim must agree with it.
    String device = levels.get(4);
    long digest = id.get().deviceId().equals(device) ? PayloadDigest.of(payload) : 0;
    Sighting sighting = ledger.received(device, id.get().sequence(), digest, now);
    if (sighting == Sighting.FIRST && levels.get(6).equals(DeviceMessage.ANSWER)) {
      JsonNode answer = document.get();
      answers.answered(device, answer.path(DeviceMessage.CORRELATION).asString(""), answer);
    }
  }

  private static void await(CompletableFuture<?> step, String name)
      throws IOException, InterruptedException {
    try {
      step.get(LOGIN_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the application could not " + name + ": " + e.getMessage(), e);
    }
  }
}
