package io.sallyport.simulator.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A JSON payload of 100 bytes that says who sent it, as which message, and when: {@code
 * {"m":"<publisher>-<sequence>-<nanoseconds>","p":"xxx…"}} with digits in fixed places, so that
 * stamping and reading cost next to nothing.
 */
final class StampedPayload {
  static final int BYTES = 100;

  private static final String HEAD = "{\"m\":\"";
  private static final int PUBLISHER_AT = HEAD.length();
  private static final int PUBLISHER_DIGITS = 4;
  private static final int SEQUENCE_AT = PUBLISHER_AT + PUBLISHER_DIGITS + 1;
  private static final int SEQUENCE_DIGITS = 12;
  private static final int NANOS_AT = SEQUENCE_AT + SEQUENCE_DIGITS + 1;
  private static final int NANOS_DIGITS = 19;

  private StampedPayload() {}

  /** A fresh payload of this publisher, to be stamped before each use. */
  static byte[] of(int publisher) {
    return of(publisher, BYTES);
  }

  /** A longer one. */
  static byte[] of(int publisher, int bytes) {
    String text =
        HEAD
            + "0".repeat(PUBLISHER_DIGITS)
            + "-"
            + "0".repeat(SEQUENCE_DIGITS)
            + "-"
            + "0".repeat(NANOS_DIGITS)
            + "\",\"p\":\"";
    byte[] payload =
        (text + "x".repeat(bytes - text.length() - 2) + "\"}").getBytes(StandardCharsets.US_ASCII);
    write(payload, PUBLISHER_AT, PUBLISHER_DIGITS, publisher);
    return payload;
  }

  /** Enters sequence number and time. */
  static void stamp(byte[] payload, long sequence, long nanos) {
    write(payload, SEQUENCE_AT, SEQUENCE_DIGITS, sequence);
    write(payload, NANOS_AT, NANOS_DIGITS, nanos);
  }

  static int publisher(ByteBuf in) {
    return (int) read(in, PUBLISHER_AT, PUBLISHER_DIGITS);
  }

  static long sequence(ByteBuf in) {
    return read(in, SEQUENCE_AT, SEQUENCE_DIGITS);
  }

  static long nanos(ByteBuf in) {
    return read(in, NANOS_AT, NANOS_DIGITS);
  }

  private static void write(byte[] payload, int at, int digits, long value) {
    long rest = value;
    for (int i = at + digits - 1; i >= at; i--) {
      payload[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  private static long read(ByteBuf in, int at, int digits) {
    long value = 0;
    int start = in.readerIndex() + at;
    for (int i = 0; i < digits; i++) {
      value = value * 10 + (in.getByte(start + i) - '0');
    }
    return value;
  }
}
