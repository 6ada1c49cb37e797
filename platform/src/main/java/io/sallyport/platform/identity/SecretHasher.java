package io.sallyport.platform.identity;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Secret;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Makes and checks stored verifiers of secrets (THREATS T06): HMAC-SHA-256 for tokens that we made,
 * which have more than 128 bits; Argon2id, keyed, for those that people chose. Argon2 runs on the
 * {@link HashQueue}; calls that need it block. Comparisons take constant time. Thread-safe.
 */
public final class SecretHasher {
  static final String HMAC = "hmac";
  static final String ARGON2ID = "argon2id";
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  private final HashKeys keys;
  private final ArgonCost cost;
  private final RandomGenerator random;
  private final HashQueue queue;

  /** How a presented secret compares with a stored hash. */
  public enum Match {
    YES,
    /** Yes, but the hash is under an old key or cost and is due to be written anew. */
    YES_REHASH_DUE,
    NO,
    /** Not compared: {@code stillWanted} said no, or the queue was full. */
    NOT_COMPARED
  }

  /**
   * @param random a cryptographically strong source, for salts
   */
  public SecretHasher(HashKeys keys, ArgonCost cost, RandomGenerator random, HashQueue queue) {
    this.keys = keys;
    this.cost = cost;
    this.random = random;
    this.queue = queue;
  }

  /** For a secret that {@link TokenGenerator} made. Fast. */
  public SecretHash hashGenerated(Secret secret) {
    int keyId = keys.newest();
    byte[] mac = keys.tokenMac(keyId, secret.revealBytes()).orElseThrow();
    return new SecretHash(HMAC, keyId, encode(mac));
  }

  /**
   * For a secret that a person or another system chose.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code UNAVAILABLE} when too many wait
   */
  public SecretHash hashChosen(HashLane lane, Secret secret) {
    return tryHashChosen(lane, secret)
        .orElseThrow(() ->
            new Problem(Problem.Code.UNAVAILABLE, "too many secrets wait to be hashed")
                .asException());
  }

  /** As {@link #hashChosen}; empty when too many wait. */
  Optional<SecretHash> tryHashChosen(HashLane lane, Secret secret) {
    return queue.run(lane, () -> argonHash(secret));
  }

  private SecretHash argonHash(Secret secret) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    int keyId = keys.newest();
    byte[] hash = argon(cost, salt, keys.passwordKey(keyId).orElseThrow(), secret);
    return new SecretHash(ARGON2ID, keyId, ArgonText.write(cost, salt, hash));
  }

  /** Whether the key that it was made under is retired, so that nothing may verify by it. */
  boolean isRetired(SecretHash stored) {
    return !keys.isInForce(stored.keyId());
  }

  /** Whether a success should write it anew, under the newest key and the present cost. */
  boolean isRehashDue(SecretHash stored) {
    return stored.keyId() != keys.newest()
        || (isSlow(stored)
            && ArgonText.read(stored.text()).filter(text -> text.cost().equals(cost)).isEmpty());
  }

  /** Whether verifying needs the queue. */
  static boolean isSlow(SecretHash stored) {
    return stored.scheme().equals(ARGON2ID);
  }

  /**
   * Compares.
   *
   * @param stillWanted asked when a slow hash has got its turn; false spares the work
   */
  public Match verify(
      HashLane lane, SecretHash stored, Secret secret, BooleanSupplier stillWanted) {
    return switch (stored.scheme()) {
      case HMAC -> verifyHmac(stored, secret);
      case ARGON2ID ->
          queue
              .run(
                  lane,
                  () ->
                      stillWanted.getAsBoolean() ? verifyArgon(stored, secret) : Match.NOT_COMPARED)
              .orElse(Match.NOT_COMPARED);
      default -> Match.NO;
    };
  }

  private Match verifyHmac(SecretHash stored, Secret secret) {
    boolean same =
        keys.tokenMac(stored.keyId(), secret.revealBytes())
            .filter(mac -> MessageDigest.isEqual(mac, decode(stored.text())))
            .isPresent();
    return same ? yes(stored) : Match.NO;
  }

  private Match verifyArgon(SecretHash stored, Secret secret) {
    Optional<ArgonText> text = ArgonText.read(stored.text());
    Optional<byte[]> key = keys.passwordKey(stored.keyId());
    if (text.isEmpty() || key.isEmpty()) {
      burn(secret);
      return Match.NO;
    }
    byte[] hash = argon(text.get().cost(), decode(text.get().salt()), key.get(), secret);
    if (!MessageDigest.isEqual(hash, decode(text.get().hash()))) {
      return Match.NO;
    }
    return yes(stored);
  }

  private Match yes(SecretHash stored) {
    return isRehashDue(stored) ? Match.YES_REHASH_DUE : Match.YES;
  }

  /**
   * Costs what comparing with a stored Argon2 hash costs, so that unknown names answer no faster
   * than known ones. {@code NO}, or {@code NOT_COMPARED} as {@link #verify}.
   */
  public Match verifyNothing(HashLane lane, Secret secret, BooleanSupplier stillWanted) {
    return queue
        .run(
            lane,
            () -> {
              if (!stillWanted.getAsBoolean()) {
                return Match.NOT_COMPARED;
              }
              burn(secret);
              return Match.NO;
            })
        .orElse(Match.NOT_COMPARED);
  }

  private void burn(Secret secret) {
    byte[] key = keys.passwordKey(keys.newest()).orElseThrow();
    byte[] hash = argon(cost, new byte[SALT_BYTES], key, secret);
    Arrays.fill(hash, (byte) 0);
  }

  private static byte[] argon(ArgonCost cost, byte[] salt, byte[] key, Secret secret) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(cost.memoryKib())
            .withIterations(cost.passes())
            .withParallelism(cost.lanes())
            .withSalt(salt)
            .withSecret(key)
            .build());
    byte[] hash = new byte[HASH_BYTES];
    generator.generateBytes(secret.revealBytes(), hash);
    return hash;
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] decode(String text) {
    try {
      return Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  /** {@code m=19456,t=2,p=1$salt$hash}. */
  private record ArgonText(ArgonCost cost, String salt, String hash) {
    static String write(ArgonCost cost, byte[] salt, byte[] hash) {
      return "m=%d,t=%d,p=%d$%s$%s"
          .formatted(cost.memoryKib(), cost.passes(), cost.lanes(), encode(salt), encode(hash));
    }

    static Optional<ArgonText> read(String text) {
      List<String> parts = List.of(text.split("[,$]", -1));
      try {
        ArgonCost cost =
            new ArgonCost(
                number(parts.get(0), "m="), number(parts.get(1), "t="), number(parts.get(2), "p="));
        return Optional.of(new ArgonText(cost, parts.get(3), parts.get(4)));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        return Optional.empty();
      }
    }

    private static int number(String part, String name) {
      if (!part.startsWith(name)) {
        throw new IllegalArgumentException("expected " + name);
      }
      return Integer.parseInt(part.substring(name.length()));
    }
  }
}
