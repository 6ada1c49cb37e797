package io.sallyport.platform.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Address blocks with few tries that a slow hash was spent on and that did not succeed: whoever
 * comes from one may well be right, and does not wait among those who try again and again (THREATS
 * T44). Which names were tried makes no difference, so it tells nothing of them. Bounded.
 * Thread-safe.
 */
final class Newcomers {
  static final int TRIES_MAX = 4;
  private static final int ENTRIES_MAX = 100_000;
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

  private final Cache<AddressBlock, Integer> tries;

  Newcomers(Clock clock) {
    this.tries =
        Caffeine.newBuilder()
            .maximumSize(ENTRIES_MAX)
            .expireAfterWrite(FORGOTTEN_AFTER)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  /** Counts a try; whether it is one of the first. */
  boolean tries(InetAddress address) {
    int count =
        tries
            .asMap()
            .merge(
                AddressBlock.around(address), 1, (old, one) -> Math.min(old + one, TRIES_MAX + 1));
    return count <= TRIES_MAX;
  }

  void succeeded(InetAddress address) {
    tries.invalidate(AddressBlock.around(address));
  }
}
