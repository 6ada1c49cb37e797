package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.codec.SubscriptionIds;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Retained messages that SUBSCRIBE has asked for and that the window has not taken yet: one walk
 * per filter, so a client can't pile them up. Belongs to the session's loop.
 */
final class RetainedBacklog {
  /** Retained messages looked at in one turn of the loop. */
  private static final int EXAMINED_PER_TURN = 256;

  private record Wanted(RetainedWalk walk, Qos granted, SubscriptionIds ids) {}

  private final EngineMetrics metrics;
  private final Map<String, Wanted> byFilter = new LinkedHashMap<>();
  private int budget = EXAMINED_PER_TURN;

  RetainedBacklog(EngineMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * @param identifier of the subscription, or 0
   */
  void add(String filter, RetainedWalk walk, Qos granted, int identifier) {
    SubscriptionIds ids = identifier == 0 ? SubscriptionIds.NONE : SubscriptionIds.of(identifier);
    byFilter.put(filter, new Wanted(walk, granted, ids));
  }

  void remove(String filter) {
    byFilter.remove(filter);
  }

  boolean isEmpty() {
    return byFilter.isEmpty();
  }

  /** The session has lost its connection. */
  void interrupted() {
    byFilter.values().forEach(wanted -> wanted.walk.interrupted());
  }

  void beginTurn() {
    budget = EXAMINED_PER_TURN;
  }

  /** Null when none is left, or the turn's work is done. */
  @Nullable Outgoing next() {
    Iterator<Wanted> left = byFilter.values().iterator();
    while (budget > 0 && left.hasNext()) {
      Wanted wanted = left.next();
      Message message = wanted.walk.next(budget);
      budget -= Math.max(1, wanted.walk.examined());
      metrics.retainedExamined(wanted.walk.examined());
      if (wanted.walk.isDone()) {
        left.remove();
      }
      if (message != null) {
        // [MQTT-3.3.1-8]: the flag is set on a copy that answers a subscription.
        return new Outgoing(
            Outgoing.Parcel.of(message).withIds(wanted.ids),
            message.qos().min(wanted.granted),
            true,
            Delivery.IGNORED);
      }
    }
    return null;
  }
}
