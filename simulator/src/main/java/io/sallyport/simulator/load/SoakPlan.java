package io.sallyport.simulator.load;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How long a soak and how hard.
 *
 * @param length at the rate
 * @param perSecond messages of all kinds together; empty: half of the most the server can do
 * @param warmUp before the most is measured
 * @param measuring the most
 * @param devices that report events
 * @param window messages on their way of each
 * @param every how often the server's memory is looked at
 * @param cutEvery how often the reader with a lasting session is cut off
 * @param churnEvery how often another device connects, for a second
 */
record SoakPlan(
    Duration length,
    OptionalDouble perSecond,
    Duration warmUp,
    Duration measuring,
    int devices,
    int window,
    Duration every,
    Duration cutEvery,
    Duration churnEvery) {
  /** Devices beside those that report, which come and go. */
  static final int CHURNING = 10;

  private static final Duration LENGTH_MAX = Duration.ofHours(24);

  SoakPlan {
    if (!length.isPositive() || length.compareTo(LENGTH_MAX) > 0) {
      throw new IllegalArgumentException("a soak lasts up to a day");
    }
    if (devices < 2 || devices > 9_000 || window < 1) {
      throw new IllegalArgumentException("2 to 9000 devices, a window of at least 1");
    }
    if (perSecond.isPresent() && !(perSecond.getAsDouble() > 0)) {
      throw new IllegalArgumentException("a rate above 0");
    }
  }
}
