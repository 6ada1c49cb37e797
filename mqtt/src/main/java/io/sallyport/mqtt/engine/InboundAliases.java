package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.codec.MalformedCause;
import io.sallyport.mqtt.codec.MqttPacket;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Topics that one client has given a number on one connection [v5:MQTT-3.3.2-7]. Takes no memory
 * until the first. Belongs to the connection's loop.
 */
final class InboundAliases {
  private final int max;
  private final AtomicLong bytes;
  private @Nullable String @Nullable [] topics;
  private long ownBytes;

  /**
   * @param max as offered in CONNACK
   * @param bytes of all connections
   */
  InboundAliases(int max, AtomicLong bytes) {
    this.max = max;
    this.bytes = bytes;
  }

  /** What is wrong with the packet's alias; null when nothing is. Remembers a new one. */
  @Nullable MalformedCause learn(MqttPacket.Publish publish) {
    int alias = publish.topicAlias();
    if (alias == 0) { // Then it has a topic: the decoder has seen to that.
      return null;
    }
    if (alias > max) { // [v5:MQTT-3.3.2-9]
      return MalformedCause.TOPIC_ALIAS;
    }
    @Nullable String[] known = topics;
    if (known == null) {
      known = new @Nullable String[Math.min(max, 4)];
      topics = known;
    }
    if (alias > known.length) {
      known = Arrays.copyOf(known, Math.min(max, Math.max(alias, 2 * known.length)));
      topics = known;
    }
    if (publish.topic().isEmpty()) {
      return known[alias - 1] == null ? MalformedCause.TOPIC_EMPTY : null;
    }
    count(length(publish.topic()) - length(known[alias - 1]));
    known[alias - 1] = publish.topic();
    return null;
  }

  /** The topic that the packet names by itself or by its alias, once that has been learned. */
  String topic(MqttPacket.Publish publish) {
    String topic = publish.topic();
    if (topic.isEmpty() && topics != null) {
      String known = topics[publish.topicAlias() - 1];
      return known == null ? topic : known;
    }
    return topic;
  }

  /** The connection has ended. */
  void forget() {
    topics = null;
    count(-ownBytes);
  }

  private static int length(@Nullable String topic) {
    return topic == null ? 0 : topic.length();
  }

  private void count(long change) {
    if (change != 0) {
      ownBytes += change;
      bytes.addAndGet(change);
    }
  }
}
