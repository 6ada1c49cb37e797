package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.engine.EngineMetrics.Drop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Subscription index and retained messages, scope by scope. Thread-safe. */
final class Scopes {
  /** One scope: nothing here is reachable from another. */
  static final class State {
    private final TopicTree<Session> subscriptions = new TopicTree<>();
    private final RetainedMessages retained;
    private final AtomicInteger offlineSessions = new AtomicInteger();
    private final AtomicLong queuedBytes = new AtomicLong();

    private State(MqttConfig.Retained limits) {
      retained = new RetainedMessages(limits);
    }

    TopicTree<Session> subscriptions() {
      return subscriptions;
    }

    RetainedMessages retained() {
      return retained;
    }

    AtomicLong queuedBytes() {
      return queuedBytes;
    }

    AtomicInteger offlineSessions() {
      return offlineSessions;
    }
  }

  private final MqttConfig.Retained limits;
  private final EngineMetrics metrics;
  private final Map<Scope, State> states = new ConcurrentHashMap<>();

  Scopes(MqttConfig.Retained limits, EngineMetrics metrics) {
    this.limits = limits;
    this.metrics = metrics;
  }

  State state(Scope scope) {
    State state = states.get(scope);
    return state != null ? state : states.computeIfAbsent(scope, _ -> new State(limits));
  }

  int route(Scope scope, Message message) {
    State state = states.get(scope);
    if (state == null || message.topic().isEmpty()) {
      return 0;
    }
    Matches<Session> matches = state.subscriptions().match(message.topic());
    Outgoing.Parcel parcel = null;
    int copies = 0;
    for (int i = 0; i < matches.size(); i++) {
      Grants.Grant<Session> grant = matches.get(i);
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
      // [MQTT-3.3.1-9]: a live copy never carries the retain flag.
      if (session.offer(new Outgoing(parcel, qos, false, Delivery.IGNORED))) {
        copies++;
      }
    }
    return copies;
  }

  void retain(Scope scope, Message message) {
    if (message.payload().length == 0) { // [MQTT-3.3.1-10], -11
      clearRetained(scope, message.topic());
    } else if (!state(scope).retained().put(message)) {
      metrics.retainedRefused();
    }
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
