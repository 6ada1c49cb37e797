package io.sallyport.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one packet body and checks each against the packet's end. Holds no state
 * between packets, so one serves all connections of an event loop; not thread-safe.
 */
public final class FieldReader {
  private byte[] text = new byte[1_024];
  private int textLength;
  private ByteBuf in = Unpooled.EMPTY_BUFFER;
  private int end;
  private final PropertyReader properties = new PropertyReader(this);

  /** The body starts at the buffer's reader index. */
  void begin(ByteBuf buffer, int length) {
    in = buffer;
    end = buffer.readerIndex() + length;
  }

  void end() {
    in = Unpooled.EMPTY_BUFFER;
    properties.end();
  }

  PropertyReader properties() {
    return properties;
  }

  /** Lets only the next bytes be read; answers what {@link #widen} needs. */
  int narrow(int length) {
    int wider = end;
    end = in.readerIndex() + length;
    return wider;
  }

  void widen(int wider) {
    end = wider;
  }

  int remaining() {
    return end - in.readerIndex();
  }

  int unsignedByte() throws MalformedPacketException {
    require(1);
    return in.readUnsignedByte();
  }

  int unsignedShort() throws MalformedPacketException {
    require(2);
    return in.readUnsignedShort();
  }

  long unsignedInt() throws MalformedPacketException {
    require(4);
    return in.readUnsignedInt();
  }

  /** MQTT 5 §1.5.5: at most four bytes, in the shortest form [v5:MQTT-1.5.5-1]. */
  int variableInteger() throws MalformedPacketException {
    int value = 0;
    for (int shift = 0; shift <= 21; shift += 7) {
      int next = unsignedByte();
      value |= (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        if (next == 0 && shift > 0) {
          throw new MalformedPacketException(MalformedCause.VARIABLE_INTEGER);
        }
        return value;
      }
    }
    throw new MalformedPacketException(MalformedCause.VARIABLE_INTEGER);
  }

  int packetId() throws MalformedPacketException {
    int id = unsignedShort();
    if (id == 0) { // [MQTT-2.3.1-1], [v5:MQTT-2.2.1-3]
      throw new MalformedPacketException(MalformedCause.PACKET_ID);
    }
    return id;
  }

  byte[] bytes(int length) throws MalformedPacketException {
    require(length);
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return bytes;
  }

  byte[] prefixedBytes() throws MalformedPacketException {
    return bytes(unsignedShort());
  }

  String text() throws MalformedPacketException {
    loadText(65_535);
    return loadedText();
  }

  /** Brings a length-prefixed text into {@link #loaded}, unchecked but for its length. */
  void loadText(int bytesMax) throws MalformedPacketException {
    int length = unsignedShort();
    require(length);
    if (length > bytesMax) {
      throw new MalformedPacketException(MalformedCause.TOPIC_TOO_LONG);
    }
    if (length > text.length) {
      text = new byte[Math.min(65_535, length * 2)];
    }
    in.readBytes(text, 0, length);
    textLength = length;
  }

  byte[] loaded() {
    return text;
  }

  int loadedLength() {
    return textLength;
  }

  String loadedText() throws MalformedPacketException {
    if (Utf8Text.asciiPrefix(text, textLength) == textLength) {
      return new String(text, 0, textLength, StandardCharsets.ISO_8859_1);
    }
    if (!Utf8Text.wellFormed(text, textLength)) {
      throw new MalformedPacketException(MalformedCause.TEXT);
    }
    return new String(text, 0, textLength, StandardCharsets.UTF_8);
  }

  private void require(int length) throws MalformedPacketException {
    if (remaining() < length) {
      throw new MalformedPacketException(MalformedCause.FIELD_BEYOND_END);
    }
  }
}
