package io.sallyport.platform.tenant;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256 key wrap (RFC 3394) under a wrapping key derived for exactly one wrapped key. The label
 * binds the wrapped key to its owner, and with one key per use no nonce can repeat.
 */
final class KeyWrap {
  static final int KEY_BYTES = 32;
  static final int WRAPPED_BYTES = KEY_BYTES + 8;

  private static final String ALGORITHM = "AES/KW/NoPadding";

  private KeyWrap() {}

  static byte[] wrap(byte[] wrappingKey, String label, byte[] key) {
    try {
      Cipher cipher = Cipher.getInstance(ALGORITHM);
      cipher.init(Cipher.WRAP_MODE, derived(wrappingKey, label));
      return cipher.wrap(new SecretKeySpec(key, "AES"));
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("AES key wrap is not available", broken);
    }
  }

  /** The key, or empty if it was wrapped under another key or label, or was changed. */
  static Optional<byte[]> unwrap(byte[] wrappingKey, String label, byte[] wrapped) {
    try {
      Cipher cipher = Cipher.getInstance(ALGORITHM);
      cipher.init(Cipher.UNWRAP_MODE, derived(wrappingKey, label));
      byte[] key = cipher.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded();
      return Optional.of(key);
    } catch (InvalidKeyException refused) {
      return Optional.empty();
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("AES key wrap is not available", broken);
    }
  }

  private static SecretKeySpec derived(byte[] wrappingKey, String label) {
    return new SecretKeySpec(Hkdf.derive(wrappingKey, label), "AES");
  }
}
