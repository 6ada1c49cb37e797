package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.store.QueuedMessage;
import io.sallyport.mqtt.store.StoredMessage;

/**
 * Which waiting rows of a session gave way to newer ones. Their deletion is noted lazily, so they
 * may be read once more and must not be dropped, or sent, again. Belongs to the session's owner.
 */
final class GivenWay {
  /** All of them up to here. */
  private long trimmedTo;

  /** Those up to here that had expired by then. */
  private long sweptTo;

  private long sweptAtMillis;

  /** The same of the sweep before: its deletions may be on their way still. */
  private long formerlySweptTo;

  private long formerlySweptAtMillis;

  boolean has(QueuedMessage row) {
    if (row.phase() != QueuedMessage.Phase.QUEUED) {
      return false;
    }
    long sequence = row.sequence();
    return sequence <= trimmedTo
        || (sequence <= sweptTo && isExpired(row, sweptAtMillis))
        || (sequence <= formerlySweptTo && isExpired(row, formerlySweptAtMillis));
  }

  void trimmed(long sequence) {
    trimmedTo = Math.max(trimmedTo, sequence);
  }

  /** Where who looks for the oldest that waits begins to read. */
  long after(long readFrom) {
    return Math.max(readFrom, trimmedTo + 1);
  }

  void beginSweep(long nowMillis) {
    formerlySweptTo = sweptTo;
    formerlySweptAtMillis = sweptAtMillis;
    sweptTo = 0;
    sweptAtMillis = nowMillis;
  }

  /** The sweep has come as far as this row. */
  void swept(long sequence) {
    sweptTo = sequence;
  }

  /** Whether this sweep takes the row. */
  boolean isSwept(QueuedMessage row) {
    return row.phase() == QueuedMessage.Phase.QUEUED && isExpired(row, sweptAtMillis);
  }

  private static boolean isExpired(QueuedMessage row, long nowMillis) {
    StoredMessage message = row.message();
    return message != null && message.expiredAt(nowMillis);
  }
}
