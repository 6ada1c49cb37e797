package io.sallyport.mqtt.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sallyport.mqtt.MqttVersion;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever comes, the decoder answers with a value, reads nothing beyond the packet, and what it
 * takes can be written and read again. Budget in seconds by {@code -Dfuzz.seconds}.
 */
class FuzzTest {
  private static final Duration BUDGET = Duration.ofSeconds(Long.getLong("fuzz.seconds", 2));

  static Stream<PacketRow> fromClient() {
    return Stream.concat(PacketTableTest.fromClient(), Version5TableTest.fromClient());
  }

  /** MESSAGING.md section 9: every prefix of every valid packet. */
  @ParameterizedTest
  @MethodSource("fromClient")
  void every_prefix_is_incomplete_and_consumes_nothing(PacketRow row) {
    byte[] bytes = row.bytes();
    for (int length = 0; length < bytes.length; length++) {
      ByteBuf in = Unpooled.wrappedBuffer(bytes, 0, length);
      assertThat(row.decoder().decode(in)).isEqualTo(Decoded.Incomplete.INCOMPLETE);
      assertThat(in.readerIndex()).isZero();
    }
  }

  /**
   * A prefix whose declared length is right is a whole packet that lacks its end. It may be a
   * shorter valid one, but nothing of what follows it is read.
   */
  @ParameterizedTest
  @MethodSource("fromClient")
  void every_body_cut_short_is_answered_without_reading_on(PacketRow row) {
    byte[] bytes = row.bytes();
    assertThat(bytes[1]).as("a length of one byte").isEqualTo((byte) (bytes.length - 2));
    for (int length = 2; length < bytes.length; length++) {
      byte[] cut = bytes.clone();
      cut[1] = (byte) (length - 2);
      ByteBuf in = Unpooled.wrappedBuffer(cut);
      Decoded decoded = row.decoder().decode(in);
      assertThat(decoded).isNotEqualTo(Decoded.Incomplete.INCOMPLETE);
      assertThat(in.readerIndex()).isLessThanOrEqualTo(length);
      decodeAll(row.decoder(), row.version(), Arrays.copyOf(cut, length), "cut to " + length);
    }
  }

  /** One flipped bit at a time. */
  @ParameterizedTest
  @MethodSource("fromClient")
  void every_flipped_bit_is_answered(PacketRow row) {
    byte[] valid = row.bytes();
    for (int bit = 0; bit < valid.length * 8; bit++) {
      byte[] bytes = valid.clone();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      decodeAll(row.decoder(), row.version(), bytes, "bit " + bit);
    }
  }

  /** MESSAGING.md section 8: memory grows with the bytes that came, not with those declared. */
  @ParameterizedTest
  @MethodSource("fromClient")
  void declared_lengths_cost_nothing(PacketRow row) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] valid = row.bytes();
    for (int at = 1; at < valid.length - 1; at++) {
      byte[] bytes = valid.clone();
      bytes[at] = (byte) 0xFF;
      bytes[at + 1] = (byte) 0xFF;
      row.decoder().decode(Unpooled.wrappedBuffer(bytes)); // Loads classes.
      PacketDecoder decoder = row.decoder();
      ByteBuf in = Unpooled.wrappedBuffer(bytes);
      long before = threads.getCurrentThreadAllocatedBytes();
      decoder.decode(in);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).as("FFFF at " + at).isLessThan(16_000);
    }
  }

  @Test
  void random_bytes_and_random_mutations_are_answered() {
    long seed = Long.getLong("fuzz.seed", System.nanoTime());
    System.out.println("FuzzTest seed " + seed);
    Random random = new Random(seed);
    PacketRow[] rows = fromClient().toArray(PacketRow[]::new);
    long end = System.nanoTime() + BUDGET.toNanos();
    long rounds = 0;
    while (System.nanoTime() - end < 0) {
      PacketRow row = rows[random.nextInt(rows.length)];
      byte[] bytes = random.nextInt(4) == 0 ? randomBytes(random) : mutated(row.bytes(), random);
      boolean first = random.nextBoolean();
      decodeAll(
          first ? PacketRow.fresh() : PacketRow.open(row.version()),
          row.version(),
          bytes,
          "seed " + seed + " round " + rounds);
      rounds++;
    }
    assertThat(rounds).isPositive();
  }

  private static void decodeAll(
      PacketDecoder decoder, MqttVersion version, byte[] bytes, String context) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    while (decoder.decode(in) instanceof MqttPacket packet) {
      ByteBuf out = Unpooled.buffer();
      PacketEncoder.encode(packet, version, out);
      assertThat(PacketRow.decoderFor(packet, version).decode(out))
          .as(context)
          .usingRecursiveComparison()
          .isEqualTo(packet);
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
    if (random.nextBoolean() && bytes.length > 1 && bytes.length < 130) {
      bytes[1] = (byte) (bytes.length - 2); // Else most would stop at the length.
    }
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
