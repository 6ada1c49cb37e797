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

  private record Remembered(long version, Secret mac) {}

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

  /** Whether the secret is the remembered one; empty when none of this version is remembered. */
  Optional<Boolean> matches(String credential, long version, Secret secret) {
    Remembered row = entries.getIfPresent(credential);
    if (row == null || row.version() != version) {
      return Optional.empty();
    }
    byte[] known = row.mac().revealBytes();
    return Optional.of(MessageDigest.isEqual(known, mac(credential, version, secret)));
  }

  void remember(String credential, long version, Secret secret) {
    Secret mac = Secret.of(mac(credential, version, secret));
    entries.put(credential, new Remembered(version, mac));
  }

  private byte[] mac(String credential, long version, Secret secret) {
    byte[] name = credential.getBytes(StandardCharsets.UTF_8);
    byte[] plain = secret.revealBytes();
    ByteBuffer message = ByteBuffer.allocate(4 + name.length + 8 + plain.length);
    message.putInt(name.length).put(name).putLong(version).put(plain);
    return HashKeys.mac(key, message.array());
  }
}
