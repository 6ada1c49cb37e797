package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The retained messages of one scope, bounded by count and bytes. Thread-safe. */
final class RetainedMessages {
  private final MqttConfig.Retained limits;
  private final Map<String, Message> byTopic = new ConcurrentHashMap<>();
  private long bytes;

  RetainedMessages(MqttConfig.Retained limits) {
    this.limits = limits;
  }

  /**
   * @return false when a limit keeps it out; an older message of the topic is gone then, because it
   *     is no longer the last one
   */
  synchronized boolean put(Message message) {
    remove(message.topic());
    long size = size(message);
    if (byTopic.size() >= limits.messagesPerScopeMax()
        || bytes + size > limits.bytesPerScopeMax()) {
      return false;
    }
    byTopic.put(message.topic(), message);
    bytes += size;
    return true;
  }

  synchronized void remove(String topic) {
    Message old = byTopic.remove(topic);
    if (old != null) {
      bytes -= size(old);
    }
  }

  synchronized void clear() {
    byTopic.clear();
    bytes = 0;
  }

  @Nullable Message find(String topic) {
    return byTopic.get(topic);
  }

  /** The topics that match, at this moment. */
  List<String> topics(String filter) {
    if (!TopicFilters.hasWildcard(filter)) {
      return byTopic.containsKey(filter) ? List.of(filter) : List.of();
    }
    List<String> topics = new ArrayList<>();
    for (String topic : byTopic.keySet()) {
      if (TopicFilters.matches(filter, topic)) {
        topics.add(topic);
      }
    }
    return topics;
  }

  private static long size(Message message) {
    return 2L * message.topic().length() + message.payload().length;
  }
}
