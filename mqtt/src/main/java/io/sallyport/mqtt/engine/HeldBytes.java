package io.sallyport.mqtt.engine;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of messages that sessions hold, waiting or in flight: those of one scope, which count into
 * those of all. A message that several sessions hold counts for each. Thread-safe.
 */
final class HeldBytes {
  private final AtomicLong bytes = new AtomicLong();
  private final long max;
  private final @Nullable HeldBytes all;

  /** Of all scopes. */
  HeldBytes(long max) {
    this(max, null);
  }

  /** Of one scope. */
  HeldBytes(long max, @Nullable HeldBytes all) {
    this.max = max;
    this.all = all;
  }

  void add(long change) {
    bytes.addAndGet(change);
    if (all != null) {
      all.add(change);
    }
  }

  /** Whether so many more would go beyond a bound; those who ask at one time may exceed it. */
  boolean isFullFor(long more) {
    return bytes.get() + more > max || (all != null && all.isFullFor(more));
  }
}
