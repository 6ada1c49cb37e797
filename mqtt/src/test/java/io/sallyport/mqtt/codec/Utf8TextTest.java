package io.sallyport.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8TextTest {
  /** MQTT 5 §3.3.2.3.2: what the payload format indicator promises is UTF-8, with U+0000. */
  @Test
  void zero_is_allowed_in_a_payload_and_not_in_text() {
    byte[] zero = {'a', 0, 'b'};
    assertThat(Utf8Text.isUtf8(zero)).isTrue();
    assertThat(Utf8Text.wellFormed(zero, 3)).isFalse();
  }

  /** The JDK's own strict decoder as the judge; faults at every offset of the fast path. */
  @Test
  void payloads_are_judged_like_the_jdk_does() {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    System.out.println("Utf8TextTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = "x".repeat(random.nextInt(40)).getBytes(StandardCharsets.UTF_8);
      byte[] tail = new byte[random.nextInt(6)];
      random.nextBytes(tail);
      int at = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
      System.arraycopy(tail, 0, bytes, at, Math.min(tail.length, bytes.length - at));
      assertThat(Utf8Text.isUtf8(bytes)).as("seed %d round %d", seed, round).isEqualTo(jdk(bytes));
    }
  }

  private static boolean jdk(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
