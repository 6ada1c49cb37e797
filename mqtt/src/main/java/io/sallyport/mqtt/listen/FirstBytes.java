package io.sallyport.mqtt.listen;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Tells a protocol from the first bytes of a connection. */
enum FirstBytes {
  MQTT,
  HTTP,
  UNKNOWN,
  /** Not enough bytes yet. */
  MORE;

  /** MQTT 3.1.1 §2.2: packet type 1 (CONNECT), all flags 0; the same in every version. */
  private static final byte CONNECT = 0x10;

  /** RFC 9110 §9.3 and RFC 5789, without CONNECT; TRACE is there to be refused in HTTP's words. */
  private static final List<byte[]> METHODS =
      List.of("GET ", "POST ", "PUT ", "DELETE ", "HEAD ", "OPTIONS ", "PATCH ", "TRACE ").stream()
          .map(method -> method.getBytes(StandardCharsets.US_ASCII))
          .toList();

  static FirstBytes of(ByteBuf bytes) {
    int length = bytes.readableBytes();
    if (length == 0) {
      return MORE;
    }
    if (bytes.getByte(bytes.readerIndex()) == CONNECT) {
      return MQTT;
    }
    FirstBytes answer = UNKNOWN;
    for (byte[] method : METHODS) {
      int compared = Math.min(length, method.length);
      if (startsWith(bytes, method, compared)) {
        if (compared == method.length) {
          return HTTP;
        }
        answer = MORE;
      }
    }
    return answer;
  }

  static boolean startsWith(ByteBuf bytes, byte[] text, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes.getByte(bytes.readerIndex() + i) != text[i]) {
        return false;
      }
    }
    return true;
  }
}
