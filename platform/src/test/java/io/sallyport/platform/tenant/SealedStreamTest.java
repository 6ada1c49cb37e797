package io.sallyport.platform.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedStreamTest {
  private static final Secret PASSPHRASE = Secret.of("a long enough passphrase");
  private static final int CHUNK = SealedFormat.CHUNK_BYTES + SealedFormat.TAG_BYTES;

  /** A cheap Argon2id: the header states it, so that reading follows. */
  private static PassphraseKey cheap() {
    byte[] salt = new byte[PassphraseKey.SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return new PassphraseKey(64, 1, 1, ByteBuffer.wrap(salt));
  }

  private static byte[] seal(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (SealedOutputStream sealed =
        new SealedOutputStream(
            bytes, SealedPurpose.BACKUP, PASSPHRASE, cheap(), new SecureRandom())) {
      sealed.write(plain);
    }
    return bytes.toByteArray();
  }

  private static byte[] open(byte[] sealed, SealedPurpose purpose, Secret passphrase)
      throws IOException {
    try (SealedInputStream opened =
        new SealedInputStream(new ByteArrayInputStream(sealed), purpose, passphrase)) {
      return opened.readAllBytes();
    }
  }

  private static void assertRefused(byte[] sealed) {
    assertThatThrownBy(() -> open(sealed, SealedPurpose.BACKUP, PASSPHRASE))
        .isInstanceOf(IOException.class);
  }

  private static byte[] content(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 200_000})
  void stream_of_any_length_opens_again(int length) throws IOException {
    byte[] plain = content(length);
    assertThat(open(seal(plain), SealedPurpose.BACKUP, PASSPHRASE)).isEqualTo(plain);
  }

  @Test
  void cut_off_stream_is_noticed_wherever_it_was_cut() throws IOException {
    byte[] sealed = seal(content(150_000));
    for (int length :
        new int[] {
          0,
          10,
          SealedFormat.HEADER_BYTES,
          SealedFormat.HEADER_BYTES + CHUNK,
          SealedFormat.HEADER_BYTES + CHUNK + 1,
          SealedFormat.HEADER_BYTES + 2 * CHUNK,
          sealed.length - 1
        }) {
      assertRefused(Arrays.copyOf(sealed, length));
    }
  }

  @Test
  void exchanged_repeated_and_appended_chunks_are_noticed() throws IOException {
    byte[] sealed = seal(content(150_000));
    byte[] exchanged = sealed.clone();
    int first = SealedFormat.HEADER_BYTES;
    System.arraycopy(sealed, first, exchanged, first + CHUNK, CHUNK);
    System.arraycopy(sealed, first + CHUNK, exchanged, first, CHUNK);
    assertRefused(exchanged);
    byte[] repeated = sealed.clone();
    System.arraycopy(sealed, first, repeated, first + CHUNK, CHUNK);
    assertRefused(repeated);
    assertRefused(Arrays.copyOf(sealed, sealed.length + 1));
    byte[] withoutFirst = Arrays.copyOf(sealed, sealed.length - CHUNK);
    System.arraycopy(sealed, first + CHUNK, withoutFirst, first, sealed.length - first - CHUNK);
    assertRefused(withoutFirst);
  }

  @Test
  void changed_header_is_noticed() throws IOException {
    byte[] sealed = seal(content(10));
    // Magic, version, purpose, salt, nonce prefix; a changed cost makes another key too.
    for (int at : new int[] {0, 8, 9, 17, 21, 22, 37, 38, SealedFormat.HEADER_BYTES - 1}) {
      byte[] changed = sealed.clone();
      changed[at] ^= 1;
      assertRefused(changed);
    }
  }

  @Test
  void header_that_asks_for_too_much_memory_is_refused_before_hashing() throws IOException {
    byte[] sealed = seal(content(10));
    sealed[10] = 0x7f;
    assertThatThrownBy(() -> open(sealed, SealedPurpose.BACKUP, PASSPHRASE))
        .hasMessageContaining("header is damaged");
  }

  @Test
  void wrong_passphrase_and_wrong_purpose_are_refused() throws IOException {
    byte[] sealed = seal(content(10));
    assertThatThrownBy(() -> open(sealed, SealedPurpose.BACKUP, Secret.of("another")))
        .hasMessageContaining("wrong passphrase");
    assertThatThrownBy(() -> open(sealed, SealedPurpose.ESCROW, PASSPHRASE))
        .hasMessageContaining("expected kind");
  }
}
