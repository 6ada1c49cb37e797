package io.sallyport.simulator.fleet;

import com.hivemq.client.mqtt.MqttClientState;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAckReturnCode;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.figures.DeviceLedger;
import io.sallyport.simulator.figures.PayloadDigest;
import io.sallyport.simulator.fleet.DeviceMessage.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/**
 * One simulated device: reports its room, obeys commands, comes back when its connection breaks.
 *
 * <p>Safe from any thread; messages leave in the order of their sequence numbers. A login that the
 * server refuses (return code 5 or 2) is final, everything else is tried again.
 */
final class SensorDevice {
  private static final double SET_POINT_CELSIUS_MIN = 10;
  private static final double SET_POINT_CELSIUS_MAX = 30;

  private final DeviceLogin login;
  private final Room room;
  private final boolean persistent;
  private final BuildingClock clock;
  private final Backoff backoff;
  private final DeviceLedger ledger;
  private final FleetFigures figures;
  private final CommandObserver observer;
  private final MqttQos qos;
  private final MqttClients clients;
  private final AtomicBoolean ready = new AtomicBoolean();
  private final AtomicInteger epoch = new AtomicInteger();
  private final Object sending = new Object();
  private volatile Mqtt3AsyncClient client;
  private volatile boolean wanted;
  private volatile double setPoint = 21;

  SensorDevice(
      DeviceLogin login,
      Room room,
      boolean persistent,
      MqttQos qos,
      MqttClients clients,
      FleetSupport support,
      DeviceLedger ledger) {
    this.login = login;
    this.room = room;
    this.persistent = persistent;
    this.qos = qos;
    this.clock = support.clock();
    this.backoff = support.backoff();
    this.figures = support.figures();
    this.observer = support.observer();
    this.ledger = ledger;
    this.clients = clients;
    this.client = switchedOn();
  }

  DeviceLogin login() {
    return login;
  }

  /** Connected and subscribed to its commands. */
  boolean ready() {
    return ready.get();
  }

  /** Changes with every connection: equal before and after means one unbroken connection. */
  int epoch() {
    return epoch.get();
  }

  /**
   * Connects; the future fails only when the server refuses the login for good. A device with a
   * session takes up its messages on their way again, one without starts from nothing.
   */
  CompletableFuture<Void> connect() {
    wanted = true;
    if (!persistent && epoch.get() > 0) {
      client = switchedOn();
    }
    return client
        .connectWith()
        .cleanSession(!persistent)
        .keepAlive(60)
        .send()
        .thenAccept(acknowledgement -> {});
  }

  /** Ends the connection as a device does that is switched off; the session may stay. */
  CompletableFuture<Void> disconnect() {
    wanted = false;
    return client.getState() == MqttClientState.CONNECTED
        ? client.disconnect()
        : CompletableFuture.completedFuture(null);
  }

  /** Sends a reading of the room; does nothing while the device is not connected. */
  void report() {
    if (!ready.get()) {
      return;
    }
    send(
        DeviceMessage.READING,
        id -> {
          double target = setPoint;
          Reading reading = room.at(clock.now(), target);
          return DeviceMessage.reading(id, reading, target, clock.now(), clock.wallNow());
        });
  }

  private void send(String event, java.util.function.Function<MessageId, byte[]> message) {
    long sequence;
    long nanos;
    CompletableFuture<Mqtt3Publish> outcome;
    synchronized (sending) {
      sequence = ledger.nextSequence();
      byte[] payload = message.apply(new MessageId(login.id(), sequence));
      nanos = System.nanoTime();
      ledger.sent(sequence, PayloadDigest.of(payload), nanos);
      figures.messageSent();
      outcome =
          client
              .publishWith()
              .topic("iot-2/evt/" + event + "/fmt/json")
              .qos(qos)
              .payload(payload)
              .send();
    }
    var _ =
        outcome.whenComplete((published, failure) -> {
          if (failure == null) {
            ledger.acknowledged(sequence);
            figures.messageAcknowledged(System.nanoTime() - nanos);
          } else {
            figures.messageUnacknowledged();
          }
        });
  }

  private Mqtt3AsyncClient switchedOn() {
    Mqtt3AsyncClient fresh =
        clients
            .device(login)
            .addConnectedListener(context -> subscribe())
            .addDisconnectedListener(this::disconnected)
            .buildAsync();
    // For all connections of this client: it forgets its subscriptions' own receivers with them.
    fresh.publishes(MqttGlobalPublishFilter.ALL, this::obey);
    return fresh;
  }

  private void subscribe() {
    epoch.incrementAndGet();
    var _ =
        client
            .subscribeWith()
            .topicFilter("iot-2/cmd/+/fmt/+")
            .qos(MqttQos.AT_LEAST_ONCE)
            .send()
            .whenComplete((granted, failure) -> {
              // A failure here means that the connection ended; its own listener reports it.
              if (failure == null && ready.compareAndSet(false, true)) {
                figures.deviceReady();
              }
            });
  }

  private void disconnected(MqttClientDisconnectedContext context) {
    if (ready.compareAndSet(true, false)) {
      figures.deviceGone();
    }
    Optional<Mqtt3ConnAckReturnCode> refusal = MqttClients.refusal(context.getCause());
    if (refusal.isPresent() && refusal.get() != Mqtt3ConnAckReturnCode.SERVER_UNAVAILABLE) {
      wanted = false;
      figures.loginRefused();
    }
    if (wanted) {
      figures.reconnecting();
      context
          .getReconnector()
          .reconnect(true)
          .delay(
              backoff.before(context.getReconnector().getAttempts()).toMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  private void obey(Mqtt3Publish command) {
    List<String> levels = command.getTopic().getLevels();
    if (levels.size() != 5 || !levels.get(1).equals("cmd")) {
      return;
    }
    figures.commandReceived();
    String name = levels.get(2);
    byte[] payload = command.getPayloadAsBytes();
    Optional<JsonNode> document = DeviceMessage.parse(payload);
    String result = carryOut(name, document);
    observer.commandReceived(login.id(), name, new String(payload, StandardCharsets.UTF_8), result);
    String correlation =
        document.map(json -> json.path(DeviceMessage.CORRELATION).asString("")).orElse("");
    send(
        DeviceMessage.ANSWER,
        id -> DeviceMessage.answer(id, name, correlation, result, setPoint, clock.wallNow()));
  }

  private String carryOut(String name, Optional<JsonNode> document) {
    return switch (name) {
      case "setpoint" -> {
        double celsius = document.map(json -> json.path("celsius").asDouble(-1)).orElse(-1.0);
        if (celsius < SET_POINT_CELSIUS_MIN || celsius > SET_POINT_CELSIUS_MAX) {
          yield "invalid";
        }
        setPoint = celsius;
        yield "done";
      }
      case "identify", "blink" -> "done";
      default -> "unsupported";
    };
  }
}
