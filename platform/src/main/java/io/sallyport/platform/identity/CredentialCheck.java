package io.sallyport.platform.identity;

import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Compares a presented secret with what is stored, in the order that THREATS T44 asks for:
 * throttle, remembered verifier, hash. Whoever calls has settled before whether the credential may
 * be used at all, and passes no stored hash when it may not: then, as for unknown names and wrong
 * secrets, one Argon2 is spent, so that the time tells nothing. Blocks. Thread-safe.
 */
public final class CredentialCheck {
  private final LoginThrottle throttle;
  private final SecretHasher hasher;
  private final RememberedVerifiers remembered;

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
      return person ? lane.ofPeople() : lane;
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
    this.throttle = throttle;
    this.hasher = hasher;
    this.remembered = new RememberedVerifiers(clock, random);
  }

  public Result check(Claim claim) {
    InetAddress address = AddressBlock.addressOf(claim.source().remote());
    if (isThrottled(claim, address)) {
      return Result.THROTTLED;
    }
    Result result = compare(claim, address);
    switch (result) {
      case MATCHES, MATCHES_REHASH_DUE -> throttle.succeeded(claim.credential(), address);
      case WRONG -> throttle.failed(claim.credential(), address);
      case THROTTLED, BUSY -> {}
    }
    return result;
  }

  private boolean isThrottled(Claim claim, InetAddress address) {
    return throttle.delay(claim.credential(), address).isPositive();
  }

  private Result compare(Claim claim, InetAddress address) {
    if (claim.stored().isPresent() && !hasher.isRetired(claim.stored().get())) {
      Optional<Boolean> known =
          remembered.matches(claim.credential(), claim.stored().get(), claim.presented());
      if (known.isPresent()) {
        return known.get() ? Result.MATCHES : Result.WRONG;
      }
    }
    return hash(claim, address);
  }

  private Result hash(Claim claim, InetAddress address) {
    HashLane lane = claim.lane();
    SecretHasher.Match match =
        claim
            .stored()
            .map(stored ->
                hasher.verify(lane, stored, claim.presented(), () -> !isThrottled(claim, address)))
            .orElse(SecretHasher.Match.NO);
    boolean slow = claim.stored().filter(SecretHasher::isSlow).isPresent();
    if (match == SecretHasher.Match.NO && !slow) {
      match = hasher.verifyNothing(lane, claim.presented(), () -> !isThrottled(claim, address));
    }
    return switch (match) {
      case YES -> {
        if (slow) {
          claim
              .stored()
              .ifPresent(
                  stored -> remembered.remember(claim.credential(), stored, claim.presented()));
        }
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
    return claim.stored().filter(SecretHasher::isSlow).isPresent()
        ? hasher.tryHashChosen(claim.lane(), claim.presented())
        : Optional.of(hasher.hashGenerated(claim.presented()));
  }
}
