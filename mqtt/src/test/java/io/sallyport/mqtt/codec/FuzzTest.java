package io.sallyport.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever comes, the decoder answers with a value, reads nothing beyond the packet, and what it
 * takes can be written and read again. Budget in seconds by {@code -Dfuzz.seconds}.
 */
class FuzzTest {
  private static final Duration BUDGET = Duration.ofSeconds(Long.getLong("fuzz.seconds", 2));

  /** MESSAGING.md section 9: one flipped bit at a time. */
  @ParameterizedTest
  @MethodSource("io.sallyport.mqtt.codec.PacketTableTest#fromClient")
  void every_flipped_bit_is_answered(PacketTableTest.Row row) {
    byte[] valid = row.bytes();
    for (int bit = 0; bit < valid.length * 8; bit++) {
      byte[] bytes = valid.clone();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      decodeAll(PacketTableTest.decoderFor(row), bytes, "bit " + bit);
    }
  }

  @Test
  void random_bytes_and_random_mutations_are_answered() {
    long seed = System.nanoTime();
    System.out.println("FuzzTest seed " + seed);
    Random random = new Random(seed);
    PacketTableTest.Row[] rows = PacketTableTest.fromClient().toArray(PacketTableTest.Row[]::new);
    long end = System.nanoTime() + BUDGET.toNanos();
    long rounds = 0;
    while (System.nanoTime() - end < 0) {
      PacketTableTest.Row row = rows[random.nextInt(rows.length)];
      byte[] bytes = random.nextInt(4) == 0 ? randomBytes(random) : mutated(row.bytes(), random);
      boolean first = random.nextBoolean();
      decodeAll(first ? PacketTableTest.fresh() : PacketTableTest.open(), bytes, "seed " + seed);
      rounds++;
    }
    assertThat(rounds).isPositive();
  }

  private static void decodeAll(PacketDecoder decoder, byte[] bytes, String context) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    while (decoder.decode(in) instanceof MqttPacket packet) {
      ByteBuf out = Unpooled.buffer();
      PacketEncoder.encode(packet, out);
      PacketDecoder again =
          packet instanceof MqttPacket.Connect ? PacketTableTest.fresh() : PacketTableTest.open();
      assertThat(again.decode(out)).as(context).usingRecursiveComparison().isEqualTo(packet);
      assertThat(out.isReadable()).as(context).isFalse();
    }
    assertThat(in.readerIndex()).as(context).isLessThanOrEqualTo(bytes.length);
  }

  private static byte[] randomBytes(Random random) {
    byte[] bytes = new byte[random.nextInt(64)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] mutated(byte[] valid, Random random) {
    byte[] bytes = new byte[Math.max(1, valid.length + random.nextInt(5) - 2)];
    System.arraycopy(valid, 0, bytes, 0, Math.min(valid.length, bytes.length));
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
