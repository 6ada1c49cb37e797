package io.sallyport.simulator.figures;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations in logarithmic buckets, exact below 256 ns and within 0.8 % above.
 *
 * <p>Recording is safe from any thread and allocates nothing. Percentiles are read while others
 * record and then describe some moment between the start and the end of the call.
 */
public final class LatencyHistogram {
  private static final int SUB_BUCKET_BITS = 7;
  private static final int SUB_BUCKETS = 1 << SUB_BUCKET_BITS;
  private static final long NANOS_MAX = (1L << 42) - 1;

  private final AtomicLongArray buckets = new AtomicLongArray(indexOf(NANOS_MAX) + 1);

  /** Counts one duration; negative ones count as zero, those over 73 minutes as 73 minutes. */
  public void record(long nanos) {
    buckets.incrementAndGet(indexOf(Math.clamp(nanos, 0, NANOS_MAX)));
  }

  /** How many durations were counted. */
  public long count() {
    long count = 0;
    for (int i = 0; i < buckets.length(); i++) {
      count += buckets.get(i);
    }
    return count;
  }

  /**
   * The duration that {@code percent} of all counted ones do not exceed, rounded up to its bucket's
   * end; zero while nothing is counted.
   *
   * @param percent above 0, at most 100
   */
  public Duration percentile(double percent) {
    if (!(percent > 0 && percent <= 100)) {
      throw new IllegalArgumentException("percent must be in (0, 100]: " + percent);
    }
    long rank = Math.max(1, (long) Math.ceil(count() * percent / 100));
    long seen = 0;
    for (int i = 0; i < buckets.length(); i++) {
      seen += buckets.get(i);
      if (seen >= rank) {
        return Duration.ofNanos(upperBound(i));
      }
    }
    return Duration.ZERO;
  }

  /** Forgets everything, for the end of a warm-up. */
  public void reset() {
    for (int i = 0; i < buckets.length(); i++) {
      buckets.set(i, 0);
    }
  }

  private static int indexOf(long nanos) {
    if (nanos < 2 * SUB_BUCKETS) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - SUB_BUCKET_BITS;
    return shift * SUB_BUCKETS + (int) (nanos >>> shift);
  }

  private static long upperBound(int index) {
    if (index < 2 * SUB_BUCKETS) {
      return index;
    }
    int shift = index / SUB_BUCKETS - 1;
    long sub = index - (long) shift * SUB_BUCKETS;
    return ((sub + 1) << shift) - 1;
  }
}
