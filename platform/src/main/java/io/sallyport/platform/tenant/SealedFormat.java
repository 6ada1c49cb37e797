package io.sallyport.platform.tenant;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The form of a sealed stream: a header, then chunks of 64 KiB sealed with AES-256-GCM by the
 * STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015, "nonce-based online authenticated
 * encryption"). A chunk's nonce is prefix 7 | number 4 | last 1, so that chunks can't be cut off,
 * exchanged, repeated or left out. The header is the AAD of every chunk.
 *
 * <p>Header: magic 8 | version 1 | purpose 1 | Argon2id memory KiB 4, iterations 4, parallelism 4,
 * salt 16 | nonce prefix 7. The key is used for this stream only, as the salt is random.
 */
final class SealedFormat {
  static final byte[] MAGIC = {'S', 'A', 'L', 'L', 'Y', 'S', 'E', 'A'};
  static final byte VERSION = 1;
  static final int PREFIX_BYTES = 7;
  static final int HEADER_BYTES = MAGIC.length + 2 + PassphraseKey.ENCODED_BYTES + PREFIX_BYTES;
  static final int CHUNK_BYTES = 64 << 10;
  static final int TAG_BYTES = 16;

  private final Cipher cipher;
  private final SecretKeySpec key;
  private final byte[] header;
  private final byte[] nonce = new byte[12];
  private final int mode;
  private int chunk;

  SealedFormat(int mode, SecretKeySpec key, byte[] header) {
    this.mode = mode;
    this.key = key;
    this.header = header.clone();
    System.arraycopy(header, HEADER_BYTES - PREFIX_BYTES, nonce, 0, PREFIX_BYTES);
    try {
      this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("AES/GCM is not available", missing);
    }
  }

  static byte[] header(SealedPurpose purpose, PassphraseKey passphraseKey, byte[] prefix) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.put(MAGIC).put(VERSION).put(purpose.code());
    passphraseKey.encode(header);
    header.put(prefix);
    return header.array();
  }

  /** Seals or opens the next chunk; returns the number of bytes written to {@code into}. */
  int next(byte[] chunkBytes, int length, boolean last, byte[] into)
      throws GeneralSecurityException {
    if (chunk == -1) {
      throw new GeneralSecurityException("a sealed stream has at most 2^32 - 1 chunks");
    }
    ByteBuffer.wrap(nonce).putInt(PREFIX_BYTES, chunk++).put(11, (byte) (last ? 1 : 0));
    cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
    cipher.updateAAD(header);
    return cipher.doFinal(chunkBytes, 0, length, into, 0);
  }
}
