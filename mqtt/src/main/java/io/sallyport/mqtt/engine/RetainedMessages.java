package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.RetainedShare;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The retained messages of one scope, sorted by topic; bounded by count and bytes, each author
 * within its own bounds too. Thread-safe; looking up takes no lock.
 */
final class RetainedMessages {
  /**
   * One retained message.
   *
   * @param number counts the messages of the scope, so later ones have greater numbers
   * @param author whose share it takes; null takes none
   * @param bytes of topic, payload and properties
   */
  record Kept(Message message, long number, @Nullable String author, long bytes) {}

  private static final Comparator<Kept> BY_EXPIRY =
      Comparator.<Kept>comparingLong(kept -> kept.message().expiresAtMillis())
          .thenComparingLong(Kept::number);

  /** What an author has. */
  private static final class Usage {
    private int messages;
    private long bytes;
  }

  private final MqttConfig.Retained limits;
  private final Clock clock;
  private final HeldBytes keptByAll;
  private final ConcurrentSkipListMap<String, Kept> byTopic = new ConcurrentSkipListMap<>();
  private volatile long lastNumber;

  // Guarded by this.
  private final TreeSet<Kept> byExpiry = new TreeSet<>(BY_EXPIRY);
  private final Map<String, Usage> byAuthor = new HashMap<>();
  private final Usage total = new Usage();

  /**
   * @param keptByAll of all scopes
   */
  RetainedMessages(MqttConfig.Retained limits, Clock clock, HeldBytes keptByAll) {
    this.limits = limits;
    this.clock = clock;
    this.keptByAll = keptByAll;
  }

  /**
   * Replaces the topic's message [MQTT-3.3.1-5].
   *
   * @param author whose share of the limits it takes; null takes of the scope's only
   * @return false when a limit keeps it out; the topic keeps what it has
   */
  boolean put(Message message, @Nullable String author) {
    return put(message, author, RetainedShare.ALL);
  }

  /** As above, within a share of the author's own. */
  synchronized boolean put(Message message, @Nullable String author, RetainedShare share) {
    removeExpired();
    Kept kept = new Kept(message, lastNumber + 1, author, bytes(message));
    Kept old = byTopic.get(message.topic());
    if (!fits(kept, old, share)) {
      return false;
    }
    if (old != null) {
      forget(old);
    }
    count(kept, 1);
    if (message.expiresAtMillis() != 0) {
      byExpiry.add(kept);
    }
    byTopic.put(message.topic(), kept);
    lastNumber = kept.number(); // A walk that begins now finds it.
    return true;
  }

  /** Whether {@link #put} would keep it. */
  synchronized boolean hasRoom(Message message, String author, RetainedShare share) {
    removeExpired();
    Kept kept = new Kept(message, lastNumber + 1, author, bytes(message));
    return message.payload().length == 0 || fits(kept, byTopic.get(message.topic()), share);
  }

  synchronized void remove(String topic) {
    Kept old = byTopic.remove(topic);
    if (old != null) {
      forget(old);
    }
  }

  synchronized void clear() {
    byTopic.clear();
    byExpiry.clear();
    byAuthor.clear();
    keptByAll.add(-total.bytes);
    total.messages = 0;
    total.bytes = 0;
  }

  /** Those that have not expired at the last look, in the order of topics. */
  void forEach(Consumer<Message> action) {
    byTopic.values().forEach(kept -> action.accept(kept.message()));
  }

  /** The first at or after that place that has not expired. */
  @Nullable Kept from(String place) {
    Map.Entry<String, Kept> entry = byTopic.ceilingEntry(place);
    return entry == null ? null : entry.getValue();
  }

  boolean isExpired(Kept kept) {
    return kept.message().isExpired(clock.millis());
  }

  /** A walk through the messages that match at this moment. */
  RetainedWalk walk(String filter) {
    return new RetainedWalk(this, filter, lastNumber);
  }

  /** Expired ones that nobody has looked for count until the next is put. */
  synchronized int size() {
    return total.messages;
  }

  private static long bytes(Message message) {
    return 2L * message.topic().length() + message.payload().length + message.properties().bytes();
  }

  private boolean fits(Kept kept, @Nullable Kept old, RetainedShare share) {
    int fewer = old == null ? 0 : 1;
    long less = old == null ? 0 : old.bytes();
    if (total.messages - fewer >= limits.messagesPerScopeMax()
        || total.bytes - less + kept.bytes() > limits.bytesPerScopeMax()
        || keptByAll.isFullFor(kept.bytes() - less)) {
      return false;
    }
    if (kept.author() == null) {
      return true;
    }
    Usage own = byAuthor.get(kept.author());
    int messages = own == null ? 0 : own.messages;
    long bytes = own == null ? 0 : own.bytes;
    if (old != null && kept.author().equals(old.author())) {
      messages -= fewer;
      bytes -= less;
    }
    return messages < Math.min(limits.messagesPerAuthorMax(), share.messagesMax())
        && bytes + kept.bytes() <= Math.min(limits.bytesPerAuthorMax(), share.bytesMax());
  }

  private void removeExpired() {
    long now = clock.millis();
    while (!byExpiry.isEmpty() && byExpiry.first().message().isExpired(now)) {
      Kept expired = byExpiry.first();
      byTopic.remove(expired.message().topic(), expired);
      forget(expired);
    }
  }

  /** It is in the map no more. */
  private void forget(Kept old) {
    byExpiry.remove(old);
    count(old, -1);
  }

  private void count(Kept kept, int sign) {
    total.messages += sign;
    total.bytes += sign * kept.bytes();
    keptByAll.add(sign * kept.bytes());
    String author = kept.author();
    if (author != null) {
      Usage own = byAuthor.computeIfAbsent(author, _ -> new Usage());
      own.messages += sign;
      own.bytes += sign * kept.bytes();
      if (own.messages == 0) {
        byAuthor.remove(author);
      }
    }
  }
}
