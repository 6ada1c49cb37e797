package io.sallyport.platform.tenant;

import io.sallyport.platform.base.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Objects;
import javax.crypto.Cipher;

/**
 * Opens what {@link SealedOutputStream} wrote. Bytes are handed out only after their chunk was
 * verified; a changed, reordered or cut stream ends in an {@link IOException}, never in a quiet end
 * of file. For one thread.
 */
public final class SealedInputStream extends InputStream {
  private final InputStream source;
  private final SealedFormat format;
  private final byte[] sealed = new byte[SealedFormat.CHUNK_BYTES + SealedFormat.TAG_BYTES];
  private final byte[] plain = new byte[SealedFormat.CHUNK_BYTES];
  private int ahead;
  private int position;
  private int limit;
  private boolean complete;

  /**
   * Reads the header.
   *
   * @throws IOException if the stream is not a sealed stream of this purpose
   */
  public SealedInputStream(InputStream source, SealedPurpose purpose, Secret passphrase)
      throws IOException {
    byte[] header = source.readNBytes(SealedFormat.HEADER_BYTES);
    ByteBuffer fields = ByteBuffer.wrap(header);
    if (header.length < SealedFormat.HEADER_BYTES
        || !Arrays.equals(
            header, 0, SealedFormat.MAGIC.length, SealedFormat.MAGIC, 0, SealedFormat.MAGIC.length)
        || fields.position(SealedFormat.MAGIC.length).get() != SealedFormat.VERSION
        || fields.get() != purpose.code()) {
      throw new IOException("this is not a sealed stream of the expected kind and version");
    }
    PassphraseKey passphraseKey;
    try {
      passphraseKey = PassphraseKey.decode(fields);
    } catch (IllegalArgumentException outOfBounds) {
      throw new IOException("the sealed stream's header is damaged", outOfBounds);
    }
    this.source = source;
    this.format = new SealedFormat(Cipher.DECRYPT_MODE, passphraseKey.derive(passphrase), header);
    this.ahead = source.read();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    while (position == limit) {
      if (complete) {
        return -1;
      }
      openChunk();
    }
    int taken = Math.min(length, limit - position);
    System.arraycopy(plain, position, into, offset, taken);
    position += taken;
    return taken;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  // One byte is read ahead: a chunk is the last one exactly if nothing follows it.
  private void openChunk() throws IOException {
    if (ahead < 0) {
      throw new IOException("the sealed stream is cut off");
    }
    sealed[0] = (byte) ahead;
    int length = 1 + source.readNBytes(sealed, 1, sealed.length - 1);
    ahead = source.read();
    boolean last = ahead < 0;
    try {
      limit = format.next(sealed, length, last, plain);
    } catch (GeneralSecurityException refused) {
      throw new IOException(
          "the sealed stream does not open: wrong passphrase, or changed or cut off", refused);
    }
    position = 0;
    complete = last;
  }
}
