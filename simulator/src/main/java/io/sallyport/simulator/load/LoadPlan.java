package io.sallyport.simulator.load;

import java.time.Duration;

/**
 * How hard and how long.
 *
 * @param warmUp before figures count
 * @param length of what counts
 * @param publishers of the fan-in
 * @param window messages on their way per publisher
 * @param subscribers of the fan-out
 * @param idleConnections of the memory scenario
 * @param connectsMax handshakes of one connect scenario
 * @param readsMax reads of the history scenario
 */
record LoadPlan(
    Duration warmUp,
    Duration length,
    int publishers,
    int window,
    int subscribers,
    int idleConnections,
    int connectsMax,
    int readsMax) {
  private static final Duration LENGTH_MAX = Duration.ofMinutes(15);

  LoadPlan {
    if (length.compareTo(LENGTH_MAX) > 0 || !length.isPositive()) {
      throw new IllegalArgumentException("a scenario lasts up to 15 minutes");
    }
    if (publishers < 1 || publishers > 9_999 || window < 1 || window > 1_000) {
      throw new IllegalArgumentException("1 to 9999 publishers, a window of 1 to 1000");
    }
    if (subscribers < 1 || subscribers > 20_000 || idleConnections > 20_000) {
      throw new IllegalArgumentException("at most 20000 subscribers and idle connections");
    }
  }
}
