package io.sallyport.mqtt.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Well-formed UTF-8 (Unicode table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
 * Text fields of MQTT are that without U+0000 [MQTT-1.5.3-1, -2]; U+FEFF is kept [MQTT-1.5.3-3].
 */
public final class Utf8Text {
  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

  private Utf8Text() {}

  /**
   * Whether a payload is what the payload format indicator 1 says (MQTT 5 §3.3.2.3.2); U+0000 is
   * allowed there.
   */
  public static boolean isUtf8(byte[] payload) {
    int ascii = 0;
    while (ascii <= payload.length - 8
        && ((long) EIGHT_BYTES.get(payload, ascii) & HIGH_BITS) == 0) {
      ascii += 8;
    }
    return wellFormed(payload, ascii, payload.length, true);
  }

  /** The number of leading bytes in 0x01..0x7F: {@code length} when all is plain ASCII. */
  static int asciiPrefix(byte[] bytes, int length) {
    int i = 0;
    while (i < length && bytes[i] > 0) {
      i++;
    }
    return i;
  }

  /** Whether the first bytes are text of MQTT. */
  static boolean wellFormed(byte[] bytes, int length) {
    return wellFormed(bytes, 0, length, false);
  }

  private static boolean wellFormed(byte[] bytes, int start, int end, boolean zeroAllowed) {
    int i = start;
    while (i < end) {
      int lead = bytes[i] & 0xFF;
      if (lead == 0 && !zeroAllowed) {
        return false;
      }
      int continuations = continuations(lead);
      if (continuations < 0 || i + continuations >= end) {
        return false;
      }
      if (continuations > 0 && !secondFits(lead, bytes[i + 1] & 0xFF)) {
        return false;
      }
      for (int k = 2; k <= continuations; k++) {
        if ((bytes[i + k] & 0xC0) != 0x80) {
          return false;
        }
      }
      i += continuations + 1;
    }
    return true;
  }

  private static int continuations(int lead) {
    if (lead < 0x80) {
      return 0;
    }
    if (lead < 0xC2) {
      return -1;
    }
    if (lead < 0xE0) {
      return 1;
    }
    if (lead < 0xF0) {
      return 2;
    }
    return lead < 0xF5 ? 3 : -1;
  }

  private static boolean secondFits(int lead, int second) {
    int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high;
  }
}
