package io.sallyport.watson.testing;

import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.InboundPublish;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Outbound;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.SubscribeOutcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An admitted client, as the engine would hold it: everything happens on the caller's thread. */
public final class TestClient implements Outbound {
  /** A message that reached the client. */
  public record Received(String topic, String payload, Qos qos, boolean retained) {}

  public static final ConnectionStats STATS = new ConnectionStats(1_800_000_000_000L, 1, 2, 3, 4);

  private final SmallBroker broker;
  private final Admission.Admitted admitted;
  private final ConnectionInfo connection;
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private boolean acknowledging = true;
  private @Nullable CloseReason closed;

  TestClient(SmallBroker broker, Admission.Admitted admitted, ConnectionInfo connection) {
    this.broker = broker;
    this.admitted = admitted;
    this.connection = connection;
  }

  public TestClient open() {
    return open(List.of());
  }

  public TestClient open(List<ClientBinding.HeldSubscription> resumed) {
    admitted.binding().opened(this, !resumed.isEmpty(), resumed);
    return this;
  }

  public Admission.Admitted admitted() {
    return admitted;
  }

  public TestAck publish(String topic, String payload) {
    return publish(topic, payload, Qos.AT_LEAST_ONCE);
  }

  public TestAck publish(String topic, String payload, Qos qos) {
    TestAck ack = new TestAck(this);
    admitted
        .binding()
        .publish(
            new InboundPublish(topic, payload.getBytes(StandardCharsets.UTF_8), qos, true, false),
            ack);
    return ack;
  }

  /** Returns the granted QoS, or 0x80, as a 3.1.1 client sees it. */
  public int subscribe(String filter, Qos requested) {
    return switch (admitted.binding().subscribe(filter, requested)) {
      case SubscribeOutcome.Granted granted -> {
        if (granted.indexed()) {
          broker.subscribe(granted.scope(), filter, this);
        }
        yield granted.qos().level();
      }
      case SubscribeOutcome.Refused _ -> 0x80;
      case SubscribeOutcome.Close close -> {
        end(close.reason());
        yield -1;
      }
    };
  }

  public int subscribe(String filter) {
    return subscribe(filter, Qos.AT_LEAST_ONCE);
  }

  /** From now on the client acknowledges nothing. */
  public void stopAcknowledging() {
    acknowledging = false;
  }

  public List<Received> received() {
    return List.copyOf(received);
  }

  public void forgetReceived() {
    received.clear();
  }

  public void disconnect() {
    end(CloseReason.CLIENT_DISCONNECTED);
  }

  /** The connection ends so. */
  public void end(CloseReason reason) {
    if (closed == null) {
      closed = reason;
      broker.remove(this);
      admitted.binding().closed(reason, STATS);
    }
  }

  public @Nullable CloseReason closeReason() {
    return closed;
  }

  boolean offer(Message message, boolean retained) {
    if (!admitted.binding().mayDeliver(message)) {
      return false;
    }
    received.add(
        new Received(
            message.topic(),
            new String(message.payload(), StandardCharsets.UTF_8),
            message.qos(),
            retained));
    return true;
  }

  @Override
  public void send(Message message, Delivery delivery) {
    if (closed != null || !offer(message, false)) {
      delivery.dropped();
    } else if (acknowledging) {
      delivery.delivered();
    }
  }

  @Override
  public void unsubscribe(String filter) {
    throw new AssertionError("this contract takes no subscription away");
  }

  @Override
  public void close(CloseReason reason) {
    end(reason);
  }

  @Override
  public ConnectionInfo connection() {
    return connection;
  }

  @Override
  public ConnectionStats stats() {
    return new ConnectionStats(STATS.connectedAtMillis(), 0, 0, 0, 0);
  }
}
