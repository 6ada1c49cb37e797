package io.sallyport.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sallyport.mqtt.MessageProperties;

/**
 * Properties of a message as they are stored: in the wire's own form, without the length in front
 * and without the expiry, which is stored as a time.
 */
public final class StoredProperties {
  /** They were within the limits when they came. */
  private static final CodecLimits UNLIMITED =
      new CodecLimits(
          16 * 1024,
          65_535,
          CodecLimits.TOPIC_LEVELS_CEILING,
          1,
          1,
          0,
          0,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE);

  private StoredProperties() {}

  public static byte[] of(MessageProperties properties) {
    return EncodedProperties.of(properties).bytes();
  }

  /**
   * @throws IllegalArgumentException if {@link #of} did not write it
   */
  public static MessageProperties read(byte[] stored) {
    if (stored.length == 0) {
      return MessageProperties.NONE;
    }
    ByteBuf block = Unpooled.buffer(stored.length + 4);
    VariableInteger.write(block, stored.length);
    block.writeBytes(stored);
    FieldReader fields = new FieldReader();
    fields.begin(block, block.readableBytes());
    PropertyReader reader = fields.properties();
    reader.begin(UNLIMITED, stored.length);
    try {
      boolean _ = reader.read(Property.in(PacketType.PUBLISH));
      return reader.messageProperties();
    } catch (MalformedPacketException e) {
      throw new IllegalArgumentException("stored properties can't be read", e);
    } finally {
      fields.end();
    }
  }
}
