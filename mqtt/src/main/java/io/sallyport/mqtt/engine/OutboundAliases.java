package io.sallyport.mqtt.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Numbers given to topics that one connection is sent again and again. A topic gets one when it
 * comes a second time within a few messages; of too many the one not used for longest gives its
 * number up. Belongs to the connection's loop.
 */
final class OutboundAliases {
  private static final int RECENT = 32;

  private final int max;
  private final AtomicLong bytes;
  private final long bytesMax;
  private final int[] recentHashes = new int[RECENT];
  private int nextRecent;
  private @Nullable Map<String, Integer> byTopic;
  private long ownBytes;

  /**
   * @param max the client's maximum and ours
   * @param bytes of all connections
   * @param bytesMax beyond it no new alias is given
   */
  OutboundAliases(int max, AtomicLong bytes, long bytesMax) {
    this.max = max;
    this.bytes = bytes;
    this.bytesMax = bytesMax;
  }

  /** The number that the client knows the topic by, or 0. */
  int find(String topic) {
    Integer alias = byTopic == null ? null : byTopic.get(topic);
    return alias == null ? 0 : alias;
  }

  /** A number for a topic that has none, or 0; the client learns it with this message. */
  int assign(String topic) {
    if (!comesAgain(topic) || bytes.get() + topic.length() > bytesMax) {
      return 0;
    }
    Map<String, Integer> topics = byTopic;
    if (topics == null) {
      topics = new LinkedHashMap<>(4, 0.75f, true);
      byTopic = topics;
    }
    int alias = topics.size() < max ? topics.size() + 1 : giveUpOldest(topics);
    topics.put(topic, alias);
    count(topic.length());
    return alias;
  }

  /** The connection has ended. */
  void forget() {
    byTopic = null;
    count(-ownBytes);
  }

  private int giveUpOldest(Map<String, Integer> topics) {
    Iterator<Map.Entry<String, Integer>> oldest = topics.entrySet().iterator();
    Map.Entry<String, Integer> entry = oldest.next();
    int alias = entry.getValue();
    count(-entry.getKey().length());
    oldest.remove();
    return alias;
  }

  private boolean comesAgain(String topic) {
    int hash = topic.hashCode();
    for (int recent : recentHashes) {
      if (recent == hash) {
        return true;
      }
    }
    recentHashes[nextRecent] = hash;
    nextRecent = (nextRecent + 1) % RECENT;
    return false;
  }

  private void count(long change) {
    ownBytes += change;
    bytes.addAndGet(change);
  }
}
