package io.sallyport.mqtt.engine;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages waiting for one client, with their bytes, which count against all queues of the scope
 * too. Takes no memory while empty. Used on the session's loop only.
 */
final class MessageQueue {
  private final HeldBytes scopeBytes;
  private @Nullable ArrayDeque<Outgoing> messages;
  private long bytes;

  /**
   * @param scopeBytes shared by all queues of the scope
   */
  MessageQueue(HeldBytes scopeBytes) {
    this.scopeBytes = scopeBytes;
  }

  boolean isEmpty() {
    return messages == null;
  }

  int size() {
    return messages == null ? 0 : messages.size();
  }

  long bytes() {
    return bytes;
  }

  void add(Outgoing message) {
    if (messages == null) {
      messages = new ArrayDeque<>();
    }
    messages.add(message);
    count(message.bytes());
  }

  @Nullable Outgoing poll() {
    Outgoing message = messages == null ? null : messages.poll();
    if (message != null) {
      count(-message.bytes());
      if (size() == 0) {
        messages = null;
      }
    }
    return message;
  }

  void removeIf(Predicate<Outgoing> condition) {
    if (messages == null) {
      return;
    }
    messages.removeIf(message -> {
      boolean goes = condition.test(message);
      if (goes) {
        count(-message.bytes());
      }
      return goes;
    });
    if (messages.isEmpty()) {
      messages = null;
    }
  }

  void clear(Consumer<Outgoing> each) {
    Outgoing message = poll();
    while (message != null) {
      each.accept(message);
      message = poll();
    }
  }

  private void count(long change) {
    bytes += change;
    scopeBytes.add(change);
  }
}
