package io.sallyport.mqtt.codec;

/**
 * Which byte sequences MQTT takes as text: well-formed UTF-8 (Unicode table 3-7: no overlong forms,
 * no surrogates, nothing above U+10FFFF) without U+0000 [MQTT-1.5.3-1, -2]. U+FEFF is kept
 * [MQTT-1.5.3-3].
 */
final class Utf8Text {
  private Utf8Text() {}

  /** The number of leading bytes in 0x01..0x7F: {@code length} when all is plain ASCII. */
  static int asciiPrefix(byte[] bytes, int length) {
    int i = 0;
    while (i < length && bytes[i] > 0) {
      i++;
    }
    return i;
  }

  static boolean wellFormed(byte[] bytes, int length) {
    int i = 0;
    while (i < length) {
      int lead = bytes[i] & 0xFF;
      if (lead == 0) {
        return false;
      }
      int continuations = continuations(lead);
      if (continuations < 0 || i + continuations >= length) {
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
