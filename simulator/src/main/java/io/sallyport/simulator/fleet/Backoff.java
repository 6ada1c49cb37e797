package io.sallyport.simulator.fleet;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long a device waits before it connects again: doubling from the least to the most, and then a
 * random part of it, so that a fleet that lost its server doesn't come back all at once.
 */
record Backoff(Duration least, Duration most, RandomGenerator random) {
  /** The wait before the attempt of this number, counted from zero. */
  Duration before(int attempt) {
    long doubled = least.toMillis() << Math.min(attempt, 20);
    long limit = Math.min(doubled, most.toMillis());
    return Duration.ofMillis(limit / 2 + random.nextLong(limit / 2 + 1));
  }
}
