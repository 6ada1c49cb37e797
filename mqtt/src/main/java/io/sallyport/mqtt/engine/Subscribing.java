package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.ReasonCode;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SubscribeOutcome;
import io.sallyport.mqtt.SubscribeOutcome.Granted;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.SessionRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** SUBSCRIBE and UNSUBSCRIBE of one open connection. Used on its loop. */
final class Subscribing {
  private final EngineContext engine;
  private final Connection connection;
  private final Session session;
  private final ClientBinding binding;
  private final MqttVersion version;
  private final int subscriptionsMax;

  Subscribing(
      EngineContext engine,
      Connection connection,
      Session session,
      ClientBinding binding,
      MqttVersion version,
      int subscriptionsMax) {
    this.engine = engine;
    this.connection = connection;
    this.session = session;
    this.binding = binding;
    this.version = version;
    this.subscriptionsMax = subscriptionsMax;
  }

  /** One code per filter, in order, in one packet [MQTT-3.8.4-5], [MQTT-3.9.3-1]. */
  void subscribe(MqttPacket.Subscribe packet) {
    Batch.Builder batch = Batch.builder();
    List<Runnable> afterwards = new ArrayList<>();
    Set<Scope> scopes = new HashSet<>();
    List<Integer> codes = new ArrayList<>(packet.filters().size());
    int identifier = packet.properties().identifier();
    for (MqttPacket.Filter filter : packet.filters()) {
      int code =
          subscribe(
              filter.filter(),
              SubscriptionOptions.of(filter, identifier),
              batch,
              scopes,
              afterwards);
      if (!connection.isOpen()) {
        return;
      }
      boolean plainFailure = ReasonCode.isFailure(code) && version != MqttVersion.V5;
      codes.add(plainFailure ? ReasonCode.UNSPECIFIED_ERROR.code() : code); // 3.x knows one only.
    }
    whenStored(
        batch,
        scopes,
        () -> {
          connection.writer().subAck(version, packet.packetId(), codes);
          afterwards.forEach(Runnable::run);
          session.pump();
        });
  }

  /** At once, unless there is something to store; not at all if the connection ends before. */
  private void whenStored(Batch.Builder batch, Set<Scope> scopes, Runnable answer) {
    if (batch.isEmpty()) {
      answer.run();
      return;
    }
    Runnable ifOpen =
        () -> {
          if (connection.isOpen()) {
            answer.run();
          }
        };
    synchronized (engine.ledger().order()) {
      // What their logs had before is not for these subscriptions, not even after a kill.
      scopes.forEach(scope -> engine.scopes().noteCursor(scope, batch));
      boolean _ =
          engine
              .ledger()
              .submit(
                  batch.build(),
                  () -> connection.loop().post(ifOpen),
                  () -> connection.requestClose(CloseReason.STORAGE_UNAVAILABLE));
    }
  }

  private void noteRemoved(String filter, Batch.Builder batch) {
    SessionRef durable = session.durableRef();
    if (durable != null) {
      batch.deleteSubscription(durable, filter);
    }
  }

  /**
   * Always answered, whether the filter was held or not [MQTT-3.10.4-4], [MQTT-3.10.4-5]; which it
   * was is told in 5 only [v5:MQTT-3.11.3-1].
   */
  void unsubscribe(MqttPacket.Unsubscribe packet) {
    Batch.Builder batch = Batch.builder();
    List<Integer> codes = new ArrayList<>(packet.filters().size());
    for (String filter : packet.filters()) {
      boolean held = session.subscriptions().remove(filter);
      if (held) {
        binding.unsubscribed(filter);
        noteRemoved(filter, batch);
      }
      codes.add((held ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED).code());
    }
    whenStored(
        batch, Set.of(), () -> connection.writer().unsubAck(version, packet.packetId(), codes));
  }

  /** The granted QoS or the reason why not; whatever it is if the connection has been closed. */
  private int subscribe(
      String filter,
      SubscriptionOptions options,
      Batch.Builder batch,
      Set<Scope> scopes,
      List<Runnable> afterwards) {
    boolean another = !session.subscriptions().holds(filter);
    if (another && session.subscriptions().size() >= subscriptionsMax) {
      if (version != MqttVersion.V5) {
        connection.close(CloseReason.TOO_MANY_SUBSCRIPTIONS);
      }
      return ReasonCode.QUOTA_EXCEEDED.code();
    }
    SharedFilter shared = null;
    if (SharedFilter.isShared(filter)) {
      shared = SharedFilter.parse(filter);
      if (shared == null) {
        return ReasonCode.TOPIC_FILTER_INVALID.code();
      }
    }
    SubscribeOutcome outcome =
        shared == null
            ? binding.subscribe(filter, options.qos())
            : binding.subscribeShared(shared.share(), shared.filter(), options.qos());
    return switch (outcome) {
      case Granted granted -> {
        int code = granted(filter, shared, granted, options, another, afterwards);
        SessionRef durable = session.durableRef();
        if (durable != null && !ReasonCode.isFailure(code)) {
          if (granted.indexed()) {
            scopes.add(granted.scope());
          }
          batch.putSubscription(durable, SessionSubscriptions.stored(filter, granted, options));
        } else {
          noteRemoved(filter, batch);
        }
        yield code;
      }
      case SubscribeOutcome.Refused refused -> {
        // What was granted before is not granted any more.
        if (session.subscriptions().remove(filter)) {
          noteRemoved(filter, batch);
        }
        yield refused.reasonCode();
      }
      case SubscribeOutcome.Close close -> {
        connection.close(close.reason());
        yield ReasonCode.UNSPECIFIED_ERROR.code();
      }
    };
  }

  private int granted(
      String filter,
      @Nullable SharedFilter shared,
      Granted granted,
      SubscriptionOptions options,
      boolean another,
      List<Runnable> afterwards) {
    if (shared != null) {
      return joined(filter, shared, granted, options);
    }
    if (!session.subscriptions().put(filter, granted, options)) {
      session.subscriptions().remove(filter);
      binding.unsubscribed(filter);
      engine.metrics().subscriptionRefused();
      return ReasonCode.QUOTA_EXCEEDED.code();
    }
    if (granted.indexed() && options.wantsRetained(another)) {
      // [MQTT-3.3.1-6], [MQTT-3.8.4-3], [v5:MQTT-3.3.1-9 to -11]; sent after SUBACK.
      RetainedWalk walk = engine.scopes().state(granted.scope()).retained().walk(filter);
      afterwards.add(() -> {
        if (session.subscriptions().holds(filter)) {
          session.outflow().addRetained(filter, walk, granted.qos(), options.identifier());
        }
      });
    }
    return granted.qos().level();
  }

  /** Retained messages are not sent to shared subscriptions, MQTT 5 §4.8.2. */
  private int joined(
      String filter, SharedFilter shared, Granted granted, SubscriptionOptions options) {
    ShareGroup<Session> group =
        granted.indexed() ? session.subscriptions().join(filter, shared, granted, options) : null;
    if (group != null) {
      session.collectFrom(group);
      return granted.qos().level();
    }
    session.subscriptions().remove(filter);
    binding.unsubscribed(filter);
    engine.metrics().sharedRefused();
    ReasonCode reason =
        granted.indexed()
            ? ReasonCode.QUOTA_EXCEEDED
            : ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
    return reason.code();
  }
}
