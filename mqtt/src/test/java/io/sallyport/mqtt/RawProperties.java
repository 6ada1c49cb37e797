package io.sallyport.mqtt;

import io.sallyport.mqtt.RawMqttClient.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A property block of MQTT 5 §2.2.2, told as texts in the order on the wire: {@code "11=60"} for a
 * number, {@code "26=name:value"} for a user property. Shares no code with the server's codec.
 */
public final class RawProperties {
  private final ByteBuffer in;
  private final List<String> found = new ArrayList<>();

  private RawProperties(ByteBuffer in) {
    this.in = in;
  }

  /** Reads the length and what it says; the buffer stands behind it then. */
  static List<String> read(ByteBuffer in) {
    int length = variable(in);
    ByteBuffer block = in.slice(in.position(), length);
    in.position(in.position() + length);
    RawProperties properties = new RawProperties(block);
    while (block.hasRemaining()) {
      properties.readOne();
    }
    return properties.found;
  }

  /** The bytes with their length in front. */
  static Bytes block(Bytes properties) {
    byte[] bytes = properties.toByteArray();
    return new Bytes().variable(bytes.length).raw(bytes);
  }

  private void readOne() {
    int id = in.get() & 0xFF;
    String value =
        switch (id) {
          case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A -> "" + (in.get() & 0xFF);
          case 0x13, 0x21, 0x22, 0x23 -> "" + (in.getShort() & 0xFFFF);
          case 0x02, 0x11, 0x18, 0x27 -> "" + (in.getInt() & 0xFFFF_FFFFL);
          case 0x0B -> "" + variable(in);
          case 0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F -> text();
          case 0x26 -> text() + ":" + text();
          default -> throw new AssertionError("no property has the identifier " + id);
        };
    found.add(String.format("%02X=%s", id, value));
  }

  private String text() {
    byte[] bytes = new byte[in.getShort() & 0xFFFF];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int variable(ByteBuffer in) {
    int value = 0;
    int shift = 0;
    int b;
    do {
      b = in.get();
      value |= (b & 127) << shift;
      shift += 7;
    } while ((b & 128) != 0);
    return value;
  }
}
