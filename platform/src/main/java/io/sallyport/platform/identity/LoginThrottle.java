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
 * within 30 days counts for itself, so that failures of its neighbours do not slow it, also after a
 * restart ({@link KnownAddresses}). Failures are kept in memory only: a restart gives a guesser
 * nine more. Attempts that are refused here count as nothing. Bounded. Thread-safe.
 */
public final class LoginThrottle {
  static final int FAILURES_FREE = 9;
  private static final Duration DELAY_MIN = Duration.ofSeconds(1);
  private static final Duration DELAY_MAX = Duration.ofSeconds(60);
  private static final Duration FAILURES_REMEMBERED_FOR = Duration.ofDays(1);
  private static final int ENTRIES_MAX = 100_000;

  private final Clock clock;
  private final List<AddressBlock> trusted;
  private final Cache<Key, Failures> failures;
  private final KnownAddresses known;

  private record Key(String credential, AddressBlock addresses) {}

  private record Failures(int count, Instant last) {}

  /**
   * @param trusted networks that operators exempt
   */
  public LoginThrottle(Clock clock, List<AddressBlock> trusted, KnownAddresses known) {
    this.clock = clock;
    this.trusted = List.copyOf(trusted);
    this.known = known;
    this.failures =
        Caffeine.newBuilder()
            .maximumSize(ENTRIES_MAX)
            .expireAfterWrite(FAILURES_REMEMBERED_FOR)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  /**
   * How long this credential must not be tried from this address; zero when it may be. Blocks where
   * the registry is to say whether the address is a known one.
   */
  public Duration delay(String credential, InetAddress address) {
    if (isTrusted(address)) {
      return Duration.ZERO;
    }
    Duration delay = delay(key(credential, address));
    if (delay.isPositive()
        && !known.isKnown(credential, address)
        && known.recall(credential, address)) {
      return delay(key(credential, address));
    }
    return delay;
  }

  private Duration delay(Key key) {
    Failures row = failures.getIfPresent(key);
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
    known.succeeded(credential, address);
  }

  /**
   * A success though the credential is throttled from there, which cost nothing to find. It ends no
   * row of failures: these are somebody else's behind the same address.
   */
  void passed(String credential, InetAddress address) {
    known.succeeded(credential, address);
  }

  /** Whether the credential has succeeded from this address. May block to ask the registry. */
  boolean isKnown(String credential, InetAddress address) {
    return known.isKnown(credential, address) || known.recall(credential, address);
  }

  private boolean isTrusted(InetAddress address) {
    return trusted.stream().anyMatch(block -> block.contains(address));
  }

  private Key key(String credential, InetAddress address) {
    AddressBlock counted =
        known.isKnown(credential, address)
            ? AddressBlock.only(address)
            : AddressBlock.around(address);
    return new Key(credential, counted);
  }
}
