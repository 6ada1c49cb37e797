package io.sallyport.platform.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sallyport.platform.base.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.crypto.spec.SecretKeySpec;

/**
 * Remembers secrets that a slow hash accepted, as a MAC under a random key of this process, bound
 * to the credential and its version (THREATS T44): a storm of reconnects costs no Argon2. Bounded.
 * Thread-safe.
 */
final class RememberedVerifiers {
  private static final int ENTRIES_MAX = 100_000;
  private static final Duration LIFE = Duration.ofDays(1);

  private final SecretKeySpec key;
  private final Cache<String, Remembered> entries;

  /**
   * The stored hash has its own salt, so a credential made anew is never taken for a former one.
   */
  private record Remembered(SecretHash stored, Secret mac) {}

  RememberedVerifiers(Clock clock, RandomGenerator random) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    this.key = new SecretKeySpec(bytes, "HmacSHA256");
    this.entries =
        Caffeine.newBuilder()
            .maximumSize(ENTRIES_MAX)
            .expireAfterWrite(LIFE)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  /**
   * Whether the secret is the remembered one; empty when none is remembered of this stored hash.
   */
  Optional<Boolean> matches(String credential, SecretHash stored, Secret secret) {
    Remembered row = entries.getIfPresent(credential);
    if (row == null || !row.stored().equals(stored)) {
      return Optional.empty();
    }
    byte[] known = row.mac().revealBytes();
    return Optional.of(MessageDigest.isEqual(known, mac(credential, stored, secret)));
  }

  void remember(String credential, SecretHash stored, Secret secret) {
    Secret mac = Secret.of(mac(credential, stored, secret));
    entries.put(credential, new Remembered(stored, mac));
  }

  private byte[] mac(String credential, SecretHash stored, Secret secret) {
    byte[] name = credential.getBytes(StandardCharsets.UTF_8);
    byte[] hash = stored.text().getBytes(StandardCharsets.UTF_8);
    byte[] plain = secret.revealBytes();
    ByteBuffer message = ByteBuffer.allocate(8 + name.length + hash.length + plain.length);
    message.putInt(name.length).put(name).putInt(hash.length).put(hash).put(plain);
    return HashKeys.mac(key, message.array());
  }
}
