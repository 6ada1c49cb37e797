package io.sallyport.platform.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Slows repeated failures down (THREATS T44): per credential and address block, from the tenth
 * failure in a row, one second doubling to sixty. An address from which the credential succeeded
 * within 30 days counts for itself, so that failures of its neighbours do not slow it. Attempts
 * that are refused here count as nothing. In memory, bounded. Thread-safe.
 */
public final class LoginThrottle {
  static final int FAILURES_FREE = 9;
  private static final Duration DELAY_MIN = Duration.ofSeconds(1);
  private static final Duration DELAY_MAX = Duration.ofSeconds(60);
  private static final Duration KNOWN_FOR = Duration.ofDays(30);
  private static final Duration FAILURES_REMEMBERED_FOR = Duration.ofDays(1);
  private static final int ENTRIES_MAX = 100_000;

  private final Clock clock;
  private final List<AddressBlock> trusted;
  private final Cache<Key, Failures> failures;
  private final Cache<Key, Instant> knownAddresses;

  private record Key(String credential, AddressBlock addresses) {}

  private record Failures(int count, Instant last) {}

  /**
   * @param trusted networks that operators exempt
   */
  public LoginThrottle(Clock clock, List<AddressBlock> trusted) {
    this.clock = clock;
    this.trusted = List.copyOf(trusted);
    this.failures = cache(clock, FAILURES_REMEMBERED_FOR);
    this.knownAddresses = cache(clock, KNOWN_FOR);
  }

  private static <V> Cache<Key, V> cache(Clock clock, Duration life) {
    return Caffeine.newBuilder()
        .maximumSize(ENTRIES_MAX)
        .expireAfterWrite(life)
        .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
        .build();
  }

  /** How long this credential must not be tried from this address; zero when it may be. */
  public Duration delay(String credential, InetAddress address) {
    if (isTrusted(address)) {
      return Duration.ZERO;
    }
    Failures row = failures.getIfPresent(key(credential, address));
    if (row == null || row.count() <= FAILURES_FREE) {
      return Duration.ZERO;
    }
    Duration left = Duration.between(clock.instant(), row.last().plus(delayAfter(row.count())));
    return left.isPositive() ? left : Duration.ZERO;
  }

  private static Duration delayAfter(int count) {
    int doublings = Math.min(count - FAILURES_FREE - 1, 6);
    Duration delay = DELAY_MIN.multipliedBy(1L << doublings);
    return delay.compareTo(DELAY_MAX) < 0 ? delay : DELAY_MAX;
  }

  public void failed(String credential, InetAddress address) {
    failures
        .asMap()
        .compute(
            key(credential, address),
            (key, row) -> new Failures(row == null ? 1 : row.count() + 1, clock.instant()));
  }

  public void succeeded(String credential, InetAddress address) {
    // The first success ends the row of its block; later ones, that of their own address only, so
    // that a victim's logins give a guesser beside it no new tries.
    failures.invalidate(key(credential, address));
    knownAddresses.put(new Key(credential, AddressBlock.only(address)), clock.instant());
  }

  private boolean isTrusted(InetAddress address) {
    return trusted.stream().anyMatch(block -> block.contains(address));
  }

  private Key key(String credential, InetAddress address) {
    Key exact = new Key(credential, AddressBlock.only(address));
    return knownAddresses.getIfPresent(exact) != null
        ? exact
        : new Key(credential, AddressBlock.around(address));
  }
}
