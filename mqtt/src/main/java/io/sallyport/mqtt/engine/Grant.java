package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.codec.SubscriptionIds;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber and how it gets what one of its filters, or several together, match.
 *
 * @param notFrom whose messages it does not get: its own session's with No Local
 * @param retainAsPublished whether a live copy keeps the publisher's retain flag
 *     [v5:MQTT-3.3.1-12], [v5:MQTT-3.3.1-13]
 */
record Grant<S>(
    S subscriber,
    Qos qos,
    @Nullable SessionKey notFrom,
    boolean retainAsPublished,
    SubscriptionIds ids) {
  static <S> Grant<S> of(S subscriber, Qos qos) {
    return new Grant<>(subscriber, qos, null, false, SubscriptionIds.NONE);
  }

  /**
   * For one copy that answers both: the higher QoS, the retain flag as published when either asks
   * for it, and all identifiers, equal ones repeated (v5:MQTT-3.3.4-2 to -5).
   */
  Grant<S> and(Grant<S> other) {
    boolean flag = retainAsPublished || other.retainAsPublished;
    if (qos.level() >= other.qos.level() && flag == retainAsPublished && other.ids.size() == 0) {
      return this;
    }
    SubscriptionIds all = ids;
    for (int i = 0; i < other.ids.size(); i++) {
      all = all.plus(other.ids.get(i));
    }
    Qos higher = qos.level() >= other.qos.level() ? qos : other.qos;
    return new Grant<>(subscriber, higher, null, flag, all);
  }
}
