package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.ReasonCode;
import io.sallyport.mqtt.RetainOutcome;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.engine.EngineMetrics.Drop;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Subscription index and retained messages, scope by scope. Thread-safe. */
final class Scopes {
  /** One scope: nothing here is reachable from another. */
  static final class State {
    private final TopicTree<Session> subscriptions;
    private final ShareGroups<Session> groups;
    private final RetainedMessages retained;
    private final AtomicInteger offlineSessions = new AtomicInteger();
    private final HeldBytes heldBytes;

    private State(MqttConfig config, Clock clock, HeldBytes heldByAll, HeldBytes keptByAll) {
      heldBytes = new HeldBytes(config.sessions().heldBytesPerScopeMax(), heldByAll);
      subscriptions = new TopicTree<>(config.subscriptions().matchVisitsMax());
      groups = new ShareGroups<>(config.subscriptions());
      retained = new RetainedMessages(config.retained(), clock, keptByAll);
    }

    TopicTree<Session> subscriptions() {
      return subscriptions;
    }

    ShareGroups<Session> groups() {
      return groups;
    }

    RetainedMessages retained() {
      return retained;
    }

    HeldBytes heldBytes() {
      return heldBytes;
    }

    AtomicInteger offlineSessions() {
      return offlineSessions;
    }
  }

  private final MqttConfig config;
  private final Clock clock;
  private final EngineMetrics metrics;
  private final SharedDelivery shared;
  private final HeldBytes heldByAll;
  private final HeldBytes keptByAll;
  private final Map<Scope, State> states = new ConcurrentHashMap<>();

  Scopes(MqttConfig config, Clock clock, EngineMetrics metrics) {
    this.config = config;
    this.clock = clock;
    this.metrics = metrics;
    this.shared = new SharedDelivery(metrics);
    this.heldByAll = new HeldBytes(config.sessions().heldBytesMax());
    this.keptByAll = new HeldBytes(config.retained().bytesMax());
  }

  State state(Scope scope) {
    State state = states.get(scope);
    return state != null
        ? state
        : states.computeIfAbsent(scope, _ -> new State(config, clock, heldByAll, keptByAll));
  }

  SharedDelivery shared() {
    return shared;
  }

  int route(Scope scope, Message message, @Nullable SessionKey publisher) {
    State state = states.get(scope);
    if (state == null || message.topic().isEmpty()) {
      return 0;
    }
    Matches<Session> matches = state.subscriptions().match(message.topic(), publisher);
    metrics.matched(matches);
    Outgoing.Parcel parcel = null;
    int copies = 0;
    for (int i = 0; i < matches.size(); i++) {
      Grant<Session> grant = matches.get(i);
      Session session = grant.subscriber();
      Qos qos = grant.qos().min(message.qos());
      if (qos == Qos.AT_MOST_ONCE && !session.isConnected()) {
        continue;
      }
      if (!session.mayDeliver(message)) {
        metrics.dropped(Drop.NOT_ALLOWED);
        continue;
      }
      if (parcel == null) {
        parcel = Outgoing.Parcel.of(message);
      }
      // [MQTT-3.3.1-9], [v5:MQTT-3.3.1-12, -13]: a live copy carries the retain flag only if asked.
      boolean retain = grant.retainAsPublished() && message.retained();
      if (session.offer(new Outgoing(parcel.withIds(grant.ids()), qos, retain, Delivery.IGNORED))) {
        copies++;
      }
    }
    return state.groups().isEmpty() ? copies : copies + share(state, message, parcel);
  }

  /** One copy for each group [v5:MQTT-4.8.2-3]. */
  private int share(State state, Message message, Outgoing.@Nullable Parcel made) {
    Matches<ShareGroup<Session>> groups = state.groups().match(message.topic());
    metrics.matched(groups);
    if (groups.size() == 0) {
      return 0;
    }
    Outgoing.Parcel parcel = made == null ? Outgoing.Parcel.of(message) : made;
    int copies = 0;
    for (int i = 0; i < groups.size(); i++) {
      if (shared.deliver(groups.get(i).subscriber(), parcel)) {
        copies++;
      }
    }
    return copies;
  }

  RetainOutcome retain(Scope scope, Message message, @Nullable SessionKey publisher) {
    if (message.payload().length == 0) { // [MQTT-3.3.1-10], -11
      clearRetained(scope, message.topic());
    } else if (!state(scope)
        .retained()
        .put(message, publisher == null ? null : publisher.owner())) {
      metrics.retainedRefused();
      return new RetainOutcome.Refused(ReasonCode.QUOTA_EXCEEDED.code());
    }
    return new RetainOutcome.Routed(route(scope, message, publisher));
  }

  void clearRetained(Scope scope, String topic) {
    State state = states.get(scope);
    if (state != null) {
      state.retained().remove(topic);
    }
  }

  void clear(Scope scope) {
    State state = states.get(scope);
    if (state != null) {
      state.retained().clear();
    }
  }
}
