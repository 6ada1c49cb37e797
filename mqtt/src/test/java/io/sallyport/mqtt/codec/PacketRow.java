package io.sallyport.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.MqttVersion;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;

/** A packet and its bytes, for both directions. */
record PacketRow(String name, MqttVersion version, String hex, MqttPacket packet) {
  static final Set<PacketType> FROM_CLIENT =
      EnumSet.of(
          PacketType.PUBLISH,
          PacketType.PUBACK,
          PacketType.PUBREC,
          PacketType.PUBREL,
          PacketType.PUBCOMP,
          PacketType.SUBSCRIBE,
          PacketType.UNSUBSCRIBE,
          PacketType.PINGREQ,
          PacketType.DISCONNECT,
          PacketType.AUTH);

  byte[] bytes() {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  /** One that is ready for the packet. */
  PacketDecoder decoder() {
    return decoderFor(packet, version);
  }

  static PacketDecoder decoderFor(MqttPacket packet, MqttVersion version) {
    return packet instanceof MqttPacket.Connect ? fresh() : open(version);
  }

  /** Before CONNECT; speaks every version. */
  static PacketDecoder fresh() {
    return new PacketDecoder(
        CodecLimits.DEFAULT, EnumSet.allOf(MqttVersion.class), new FieldReader());
  }

  /** After the login. */
  static PacketDecoder open(MqttVersion version) {
    PacketDecoder decoder = fresh();
    decoder.admit(version, ClientLimits.DEFAULT, FROM_CLIENT);
    return decoder;
  }

  static ByteBuf buffer(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @Override
  public String toString() {
    return version + " " + name;
  }
}
