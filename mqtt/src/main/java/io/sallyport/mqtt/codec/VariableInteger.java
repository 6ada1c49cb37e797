package io.sallyport.mqtt.codec;

import io.netty.buffer.ByteBuf;

/** Variable byte integers as they are written, MQTT 5 §1.5.5. */
final class VariableInteger {
  static final int MAX = 268_435_455;

  private VariableInteger() {}

  /** How many bytes the shortest form takes [v5:MQTT-1.5.5-1]. */
  static int bytes(int value) {
    if (value < 0x80) {
      return 1;
    }
    if (value < 0x4000) {
      return 2;
    }
    return value < 0x20_0000 ? 3 : 4;
  }

  static void write(ByteBuf out, int value) {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException("not a variable byte integer: " + value);
    }
    int rest = value;
    while (rest > 0x7F) {
      out.writeByte((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }
}
