package io.sallyport.platform.tenant;

import io.sallyport.platform.base.Secret;
import java.nio.ByteBuffer;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id (RFC 9106) from passphrase to AES-256 key, with its cost and salt as they stand in the
 * header of a sealed file.
 */
record PassphraseKey(int memoryKib, int iterations, int parallelism, ByteBuffer salt) {
  static final int SALT_BYTES = 16;
  static final int ENCODED_BYTES = 12 + SALT_BYTES;

  // Bounds for what a header may ask of the machine that reads it.
  private static final int MEMORY_KIB_MAX = 1 << 20;
  private static final int ITERATIONS_MAX = 32;
  private static final int PARALLELISM_MAX = 16;

  PassphraseKey {
    if (memoryKib < 8 * parallelism
        || memoryKib > MEMORY_KIB_MAX
        || iterations < 1
        || iterations > ITERATIONS_MAX
        || parallelism < 1
        || parallelism > PARALLELISM_MAX
        || salt.remaining() != SALT_BYTES) {
      throw new IllegalArgumentException("Argon2id cost or salt out of bounds");
    }
    salt = salt.asReadOnlyBuffer();
  }

  /** The cost of new files: RFC 9106 section 4, second recommended option. */
  static PassphraseKey withSalt(byte[] salt) {
    return new PassphraseKey(64 << 10, 3, 4, ByteBuffer.wrap(salt.clone()));
  }

  static PassphraseKey decode(ByteBuffer header) {
    int memoryKib = header.getInt();
    int iterations = header.getInt();
    int parallelism = header.getInt();
    byte[] salt = new byte[SALT_BYTES];
    header.get(salt);
    return new PassphraseKey(memoryKib, iterations, parallelism, ByteBuffer.wrap(salt));
  }

  void encode(ByteBuffer header) {
    header.putInt(memoryKib).putInt(iterations).putInt(parallelism).put(salt.duplicate());
  }

  SecretKeySpec derive(Secret passphrase) {
    byte[] saltBytes = new byte[SALT_BYTES];
    salt.duplicate().get(saltBytes);
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memoryKib)
            .withIterations(iterations)
            .withParallelism(parallelism)
            .withSalt(saltBytes)
            .build());
    byte[] key = new byte[KeyWrap.KEY_BYTES];
    generator.generateBytes(passphrase.revealBytes(), key);
    return new SecretKeySpec(key, "AES");
  }
}
