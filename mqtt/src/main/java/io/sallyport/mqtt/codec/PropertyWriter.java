package io.sallyport.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sallyport.mqtt.UserProperty;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers the properties of one block. Absent values are not written. */
final class PropertyWriter {
  private final ByteBuf out = Unpooled.buffer(64);

  PropertyWriter oneByte(Property property, int value) {
    out.writeByte(property.id()).writeByte(value);
    return this;
  }

  PropertyWriter twoBytes(Property property, int value) {
    if (value < 0 || value > 65_535) {
      throw new IllegalArgumentException(property + " outside 0..65535: " + value);
    }
    out.writeByte(property.id()).writeShort(value);
    return this;
  }

  PropertyWriter fourBytes(Property property, long value) {
    if (value < 0 || value > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException(property + " outside 0..4294967295: " + value);
    }
    out.writeByte(property.id()).writeInt((int) value);
    return this;
  }

  PropertyWriter variable(Property property, int value) {
    out.writeByte(property.id());
    VariableInteger.write(out, value);
    return this;
  }

  PropertyWriter text(Property property, @Nullable String text) {
    if (text != null) {
      out.writeByte(property.id());
      writeText(out, text);
    }
    return this;
  }

  PropertyWriter binary(Property property, byte @Nullable [] bytes) {
    if (bytes != null) {
      out.writeByte(property.id());
      writeBinary(out, bytes);
    }
    return this;
  }

  PropertyWriter user(List<UserProperty> properties) {
    for (UserProperty property : properties) {
      out.writeByte(Property.USER_PROPERTY.id());
      writeText(out, property.name());
      writeText(out, property.value());
    }
    return this;
  }

  PropertyWriter authentication(@Nullable Authentication authentication) {
    if (authentication != null) {
      text(Property.AUTHENTICATION_METHOD, authentication.method());
      binary(Property.AUTHENTICATION_DATA, authentication.revealData());
    }
    return this;
  }

  EncodedProperties encoded() {
    return out.isReadable()
        ? new EncodedProperties(ByteBufUtil.getBytes(out))
        : EncodedProperties.NONE;
  }

  static void writeText(ByteBuf out, String text) {
    writeBinary(out, text.getBytes(StandardCharsets.UTF_8));
  }

  static void writeBinary(ByteBuf out, byte[] bytes) {
    if (bytes.length > 65_535) {
      throw new IllegalArgumentException("a field of " + bytes.length + " bytes");
    }
    out.writeShort(bytes.length).writeBytes(bytes);
  }
}
