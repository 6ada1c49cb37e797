package io.sallyport.mqtt.listen;

import java.nio.ByteBuffer;

/** Reads a TLS 1.3 ServerHello as it was on the wire; shares no code with the server. */
final class WireHello {
  private static final int KEY_SHARE = 51;

  private WireHello() {}

  /** The group of the key share in the first record (RFC 8446 §4.1.3, §4.2.8). */
  static int keyShareGroup(byte[] wire) {
    ByteBuffer in = ByteBuffer.wrap(wire);
    in.position(5 + 4 + 2 + 32); // Record head, message head, version, random.
    in.position(in.position() + 1 + (in.get(in.position()) & 0xFF)); // Session id.
    in.position(in.position() + 2 + 1); // Suite, compression.
    int end = in.position() + 2 + (in.getShort(in.position()) & 0xFFFF);
    in.getShort();
    while (in.position() < end) {
      int type = in.getShort();
      int length = in.getShort() & 0xFFFF;
      if (type == KEY_SHARE) {
        return in.getShort(in.position()) & 0xFFFF;
      }
      in.position(in.position() + length);
    }
    throw new AssertionError("no key share");
  }
}
