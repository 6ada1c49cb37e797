package io.sallyport.platform.identity;

import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Compares a presented secret with what is stored, as THREATS T44 asks for: throttle before
 * hashing, with a remembered verifier before either. Whoever calls has settled before whether the
 * credential may be used at all, and passes no stored hash when it may not: then, as for unknown
 * names and wrong secrets, one Argon2 is spent, so that the time tells nothing; what a remembered
 * verifier refuses is answered after the time of one. Blocks. Thread-safe.
 */
public final class CredentialCheck {
  private final LoginThrottle throttle;
  private final SecretHasher hasher;
  private final RememberedVerifiers remembered;
  private final Newcomers newcomers;
  private final HashTimes hashTimes;

  /**
   * @param credential what failures are counted by; unique over all kinds of credentials
   * @param stored empty for unknown and unusable credentials
   * @param person whether people log in so, who have a share of the hash queue
   */
  public record Claim(
      String credential,
      Optional<SecretHash> stored,
      Secret presented,
      Optional<TenantId> tenant,
      LoginSource source,
      boolean person) {
    HashLane lane() {
      HashLane lane = HashLane.of(tenant, source);
      return person ? lane.in(HashLane.Share.PEOPLE) : lane;
    }
  }

  /** What came of it. */
  public enum Result {
    MATCHES,
    /** It does, and the stored hash should be written anew under the newest key. */
    MATCHES_REHASH_DUE,
    WRONG,
    THROTTLED,
    /** Too many hashes wait. */
    BUSY
  }

  public CredentialCheck(
      LoginThrottle throttle, SecretHasher hasher, Clock clock, RandomGenerator random) {
    this(
        throttle,
        hasher,
        clock,
        random,
        new HashTimes(System::nanoTime, CredentialCheck::pause, random));
  }

  CredentialCheck(
      LoginThrottle throttle,
      SecretHasher hasher,
      Clock clock,
      RandomGenerator random,
      HashTimes hashTimes) {
    this.throttle = throttle;
    this.hasher = hasher;
    this.remembered = new RememberedVerifiers(clock, random);
    this.newcomers = new Newcomers(clock);
    this.hashTimes = hashTimes;
  }

  private static void pause(long nanos) {
    try {
      Thread.sleep(Duration.ofNanos(nanos));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public Result check(Claim claim) {
    long start = hashTimes.now();
    InetAddress address = AddressBlock.addressOf(claim.source().remote());
    Optional<Result> unhashed = compareUnhashed(claim);
    boolean right = unhashed.filter(result -> result != Result.WRONG).isPresent();
    if (isThrottled(claim, address)) {
      if (right && passesThrottle(claim, address)) {
        throttle.passed(claim.credential(), address);
        return unhashed.get();
      }
      return Result.THROTTLED;
    }
    Result result = unhashed.orElseGet(() -> hash(claim, address, start));
    switch (result) {
      case MATCHES, MATCHES_REHASH_DUE -> {
        throttle.succeeded(claim.credential(), address);
        newcomers.succeeded(address);
      }
      case WRONG -> throttle.failed(claim.credential(), address);
      case THROTTLED, BUSY -> {}
    }
    if (unhashed.isPresent() && !right) {
      // Counted before the wait: tries at once don't slip through meanwhile.
      hashTimes.awaitOne(start);
    }
    return result;
  }

  private boolean isThrottled(Claim claim, InetAddress address) {
    return throttle.delay(claim.credential(), address).isPositive();
  }

  /**
   * Whoever guesses behind the address of a known client must not shut it out, and a right secret
   * that needs no hash costs nothing. What people chose is compared past the throttle only for
   * addresses that it succeeded from: elsewhere the throttle is what bounds guessing. Tokens that
   * we made can't be guessed.
   */
  private boolean passesThrottle(Claim claim, InetAddress address) {
    return claim.stored().filter(stored -> !SecretHasher.isSlow(stored)).isPresent()
        || throttle.isKnown(claim.credential(), address);
  }

  /** What can be said without a slow hash; empty if that takes one. */
  private Optional<Result> compareUnhashed(Claim claim) {
    Optional<SecretHash> stored = claim.stored().filter(hash -> !hasher.isRetired(hash));
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    Result matches = hasher.isRehashDue(stored.get()) ? Result.MATCHES_REHASH_DUE : Result.MATCHES;
    if (SecretHasher.isSlow(stored.get())) {
      return remembered
          .matches(claim.credential(), stored.get(), claim.presented())
          .map(same -> same ? matches : Result.WRONG);
    }
    SecretHasher.Match match =
        hasher.verify(claim.lane(), stored.get(), claim.presented(), () -> true);
    // A wrong one costs a slow hash, as an unknown name does.
    return match == SecretHasher.Match.NO ? Optional.empty() : Optional.of(matches);
  }

  /** The lane in which the claim is hashed; counts it as a try of its address. */
  HashLane laneOf(Claim claim, InetAddress address) {
    HashLane lane = claim.lane();
    if (claim.person()) {
      return lane;
    }
    boolean early = newcomers.tries(address);
    return lane.in(
        throttle.isKnown(claim.credential(), address)
            ? HashLane.Share.FAMILIAR
            : early ? HashLane.Share.NEWCOMERS : HashLane.Share.OTHERS);
  }

  private Result hash(Claim claim, InetAddress address, long start) {
    HashLane lane = laneOf(claim, address);
    Optional<SecretHash> stored = claim.stored().filter(SecretHasher::isSlow);
    SecretHasher.Match match =
        stored.isPresent()
            ? hasher.verify(
                lane, stored.get(), claim.presented(), () -> !isThrottled(claim, address))
            : hasher.verifyNothing(lane, claim.presented(), () -> !isThrottled(claim, address));
    if (match != SecretHasher.Match.NOT_COMPARED) {
      hashTimes.hashed(start);
    }
    return switch (match) {
      case YES -> {
        stored.ifPresent(hash -> remembered.remember(claim.credential(), hash, claim.presented()));
        yield Result.MATCHES;
      }
      case YES_REHASH_DUE -> Result.MATCHES_REHASH_DUE;
      case NO -> Result.WRONG;
      case NOT_COMPARED -> isThrottled(claim, address) ? Result.THROTTLED : Result.BUSY;
    };
  }

  /**
   * The presented secret, hashed anew under the newest key, in the scheme it was stored with; empty
   * when too many hashes wait: a later login will do.
   */
  public Optional<SecretHash> rehash(Claim claim) {
    if (claim.stored().filter(SecretHasher::isSlow).isEmpty()) {
      return Optional.of(hasher.hashGenerated(claim.presented()));
    }
    // Who comes here has shown the right secret.
    HashLane lane = claim.person() ? claim.lane() : claim.lane().in(HashLane.Share.FAMILIAR);
    Optional<SecretHash> fresh = hasher.tryHashChosen(lane, claim.presented());
    fresh.ifPresent(hash -> remembered.remember(claim.credential(), hash, claim.presented()));
    return fresh;
  }
}
