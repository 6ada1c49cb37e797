package io.sallyport.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MqttVersion;

/** The packets that only clients send, which have a body of many fields. */
final class ClientPacketEncoder {
  private ClientPacketEncoder() {}

  static void connect(MqttPacket.Connect connect, ByteBuf out) {
    ByteBuf body = out.alloc().heapBuffer();
    try {
      PropertyWriter.writeText(
          body,
          switch (connect.version()) {
            case V3_1 -> "MQIsdp";
            case V3_1_1, V5 -> "MQTT";
          });
      boolean version5 = connect.version() == MqttVersion.V5;
      body.writeByte(connect.version().level());
      body.writeByte(connectFlags(connect));
      body.writeShort(connect.keepAliveSeconds());
      if (version5) {
        EncodedProperties.of(connect.properties()).writeBlock(body);
      }
      PropertyWriter.writeText(body, connect.clientId());
      MqttPacket.Will will = connect.will();
      if (will != null) {
        if (version5) {
          EncodedProperties.of(will).writeBlock(body);
        }
        PropertyWriter.writeText(body, will.message().topic());
        PropertyWriter.writeBinary(body, will.message().payload());
      }
      if (connect.userName() != null) {
        PropertyWriter.writeText(body, connect.userName());
      }
      if (connect.password() != null) {
        PropertyWriter.writeBinary(body, connect.password().revealBytes());
      }
      finish(PacketType.CONNECT.firstByte(0), body, out);
    } finally {
      body.release();
    }
  }

  private static int connectFlags(MqttPacket.Connect connect) {
    int flags = connect.cleanStart() ? 0x02 : 0;
    if (connect.will() != null) {
      Message will = connect.will().message();
      flags |= 0x04 | (will.qos().level() << 3) | (will.retained() ? 0x20 : 0);
    }
    flags |= connect.password() != null ? 0x40 : 0;
    return flags | (connect.userName() != null ? 0x80 : 0);
  }

  static void subscribe(MqttPacket.Subscribe subscribe, MqttVersion version, ByteBuf out) {
    ByteBuf body = out.alloc().heapBuffer();
    try {
      body.writeShort(subscribe.packetId());
      if (version == MqttVersion.V5) {
        EncodedProperties.of(subscribe.properties()).writeBlock(body);
      }
      for (MqttPacket.Filter filter : subscribe.filters()) {
        PropertyWriter.writeText(body, filter.filter());
        body.writeByte(version == MqttVersion.V5 ? options(filter) : filter.qos().level());
      }
      finish(PacketType.SUBSCRIBE.firstByte(2), body, out);
    } finally {
      body.release();
    }
  }

  /** MQTT 5 §3.8.3.1. */
  private static int options(MqttPacket.Filter filter) {
    return filter.qos().level()
        | (filter.noLocal() ? 4 : 0)
        | (filter.retainAsPublished() ? 8 : 0)
        | (filter.retainHandling().level() << 4);
  }

  static void unsubscribe(MqttPacket.Unsubscribe unsubscribe, MqttVersion version, ByteBuf out) {
    ByteBuf body = out.alloc().heapBuffer();
    try {
      body.writeShort(unsubscribe.packetId());
      if (version == MqttVersion.V5) {
        EncodedProperties.of(unsubscribe.userProperties()).writeBlock(body);
      }
      for (String filter : unsubscribe.filters()) {
        PropertyWriter.writeText(body, filter);
      }
      finish(PacketType.UNSUBSCRIBE.firstByte(2), body, out);
    } finally {
      body.release();
    }
  }

  private static void finish(int firstByte, ByteBuf body, ByteBuf out) {
    out.writeByte(firstByte);
    VariableInteger.write(out, body.readableBytes());
    out.writeBytes(body);
  }
}
