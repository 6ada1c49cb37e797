package io.sallyport.platform.tenant;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** One counted stream of nonces under one data key, with its cipher. For one thread. */
final class SealingStream {
  private final DataKey key;
  private final int number;
  private final Cipher cipher;
  private final byte[] nonce = new byte[SealedLayout.NONCE_BYTES];
  private final byte[] aad = new byte[SealedLayout.AAD_BYTES];
  private long sequence;
  private long reserved;

  SealingStream(DataKey key, int number) {
    this.key = key;
    this.number = number;
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("AES/GCM is not available", missing);
    }
    SealedLayout.putInt(nonce, 0, number);
  }

  DataKey key() {
    return key;
  }

  /** Whether the key allows one more record now; takes it if so. */
  boolean takeOne(long nowMillis) {
    if (key.expired(nowMillis)) {
      return false;
    }
    if (reserved == 0) {
      reserved = key.reserve();
      if (reserved == 0) {
        return false;
      }
    }
    reserved--;
    return true;
  }

  int seal(SealedContext context, byte[] plain, byte[] into, int offset) {
    // The number is spent even if sealing fails: no nonce is ever tried twice.
    long own = sequence++;
    SealedLayout.putLong(nonce, 4, own);
    SealedLayout.aad(aad, key.id(), context, own);
    into[offset] = SealedLayout.VERSION;
    SealedLayout.putLong(into, offset + SealedLayout.KEY_ID_AT, key.id());
    SealedLayout.putInt(into, offset + SealedLayout.NONCE_AT, number);
    SealedLayout.putLong(into, offset + SealedLayout.SEQUENCE_AT, own);
    try {
      cipher.init(
          Cipher.ENCRYPT_MODE,
          key.secret(),
          new GCMParameterSpec(8 * SealedLayout.TAG_BYTES, nonce));
      cipher.updateAAD(aad);
      return SealedLayout.CIPHERTEXT_AT
          + cipher.doFinal(plain, 0, plain.length, into, offset + SealedLayout.CIPHERTEXT_AT);
    } catch (GeneralSecurityException broken) {
      Arrays.fill(into, offset, into.length, (byte) 0);
      throw new IllegalStateException("AES-GCM failed to seal", broken);
    }
  }
}
