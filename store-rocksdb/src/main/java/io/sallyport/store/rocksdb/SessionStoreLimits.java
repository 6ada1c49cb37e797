package io.sallyport.store.rocksdb;

import java.time.Duration;

/**
 * How much waits in memory for its commit, and how it is written.
 *
 * @param operationsMax operations that may wait
 * @param bytesMax what they take together
 * @param groupOperationsMax operations written with one call
 * @param groupBytesMax their bytes
 * @param lazyMax how long a lazy batch may wait for others
 * @param inlineBytesMax payload up to which a message for several sessions is stored with each
 * @param stopMax how long closing tries to write what waits
 */
public record SessionStoreLimits(
    int operationsMax,
    long bytesMax,
    int groupOperationsMax,
    int groupBytesMax,
    Duration lazyMax,
    int inlineBytesMax,
    Duration stopMax) {
  public static final SessionStoreLimits DEFAULT =
      new SessionStoreLimits(
          200_000, 64L << 20, 4_096, 4 << 20, Duration.ofMillis(50), 256, Duration.ofSeconds(10));

  public SessionStoreLimits {
    if (operationsMax < 1
        || bytesMax < 1
        || groupOperationsMax < 1
        || groupBytesMax < 1
        || lazyMax.isNegative()
        || inlineBytesMax < 0
        || stopMax.isNegative()) {
      throw new IllegalArgumentException("a limit of the session store is out of range");
    }
  }
}
