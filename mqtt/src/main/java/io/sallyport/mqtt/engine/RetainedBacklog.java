package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Retained messages that a SUBSCRIBE has asked for and that the window has not taken yet. Holds
 * topics, not messages: a copy is the retained message of the moment it is sent, so it can never
 * come after a newer one.
 */
final class RetainedBacklog {
  private record Wanted(RetainedMessages source, String topic, Qos granted) {}

  private final Queue<Wanted> wanted = new ArrayDeque<>();

  void add(RetainedMessages source, String filter, Qos granted) {
    for (String topic : source.topics(filter)) {
      wanted.add(new Wanted(source, topic, granted));
    }
  }

  /** Null when none is left. */
  @Nullable Outgoing next() {
    Wanted want = wanted.poll();
    while (want != null) {
      Message message = want.source.find(want.topic);
      if (message != null) {
        // [MQTT-3.3.1-8]: the flag is set on a copy that answers a subscription.
        return new Outgoing(
            Outgoing.Parcel.of(message), message.qos().min(want.granted), true, Delivery.IGNORED);
      }
      want = wanted.poll();
    }
    return null;
  }
}
