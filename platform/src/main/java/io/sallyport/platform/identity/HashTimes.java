package io.sallyport.platform.identity;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * How long logins that were hashed took of late, turns in the queue included. A refusal that needed
 * no hash is answered after such a time, so that the answer's time does not tell that the name is
 * known (THREATS T44). Thread-safe.
 */
final class HashTimes {
  private static final int KEPT = 32;
  private static final long SAMPLE_MAX = 2_000_000_000L;
  private static final long FRESH_FOR = 60_000_000_000L;

  private final LongSupplier nanoTime;
  private final LongConsumer pause;
  private final RandomGenerator random;

  // Guarded by this.
  private final long[] times = new long[KEPT];
  private int count;
  private long newest;

  /**
   * @param pause waits so many nanoseconds without using a processor
   */
  HashTimes(LongSupplier nanoTime, LongConsumer pause, RandomGenerator random) {
    this.nanoTime = nanoTime;
    this.pause = pause;
    this.random = random;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /** Notes a login that began at {@code start} and is hashed now. */
  synchronized void hashed(long start) {
    newest = now();
    times[count % KEPT] = Math.min(newest - start, SAMPLE_MAX);
    // Never back to zero: how many there are counts only until the ring is full.
    count = count + 1 == 2 * KEPT ? KEPT : count + 1;
  }

  /** Blocks until a hash that began at {@code start} might have been done. */
  void awaitOne(long start) {
    long left = start + one() - now();
    if (left > 0) {
      pause.accept(left);
    }
  }

  /** One of the times; after a quiet minute the shortest, since nobody would wait in the queue. */
  private synchronized long one() {
    int kept = Math.min(count, KEPT);
    if (kept == 0) {
      return 0;
    }
    if (now() - newest <= FRESH_FOR) {
      return times[random.nextInt(kept)];
    }
    long shortest = times[0];
    for (int i = 1; i < kept; i++) {
      shortest = Math.min(shortest, times[i]);
    }
    return shortest;
  }
}
