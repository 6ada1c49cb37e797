package io.sallyport.platform.tenant;

import java.security.GeneralSecurityException;
import java.util.concurrent.ArrayBlockingQueue;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A data key unwrapped for reading, with a few ciphers that its readers share. Thread-safe. */
final class OpeningKey {
  private static final int POOLED_CIPHERS_MAX = 4;

  private final long id;
  private final SecretKeySpec secret;
  private final ArrayBlockingQueue<Cipher> idle = new ArrayBlockingQueue<>(POOLED_CIPHERS_MAX);

  OpeningKey(long id, byte[] secret) {
    this.id = id;
    this.secret = new SecretKeySpec(secret, "AES");
  }

  byte[] open(SealedContext context, byte[] sealed, int offset, int length)
      throws GeneralSecurityException {
    byte[] aad = new byte[SealedLayout.AAD_BYTES];
    long sequence = SealedLayout.getLong(sealed, offset + SealedLayout.SEQUENCE_AT);
    SealedLayout.aad(aad, id, context, sequence);
    @Nullable Cipher pooled = idle.poll();
    Cipher cipher = pooled == null ? Cipher.getInstance("AES/GCM/NoPadding") : pooled;
    cipher.init(
        Cipher.DECRYPT_MODE,
        secret,
        new GCMParameterSpec(
            8 * SealedLayout.TAG_BYTES,
            sealed,
            offset + SealedLayout.NONCE_AT,
            SealedLayout.NONCE_BYTES));
    cipher.updateAAD(aad);
    byte[] plain =
        cipher.doFinal(
            sealed, offset + SealedLayout.CIPHERTEXT_AT, length - SealedLayout.CIPHERTEXT_AT);
    // A cipher that failed is not given back; one that finds the pool full is left to the
    // collector.
    idle.offer(cipher);
    return plain;
  }
}
