package io.sallyport.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Appends packets of 3.1 and 3.1.1 to a buffer. The named methods are for the hot path: they take
 * fields and make no object.
 */
public final class PacketEncoder {
  private static final int PUBLISH = 0x30;

  private PacketEncoder() {}

  public static void connAck(ByteBuf out, boolean sessionPresent, int returnCode) {
    out.writeInt(0x2002_0000 | (sessionPresent ? 0x100 : 0) | returnCode);
  }

  /** The one CONNACK that a client of version 5 gets, in its own form (v5 §3.2). */
  public static void connAckOfVersion5(ByteBuf out, int reasonCode) {
    out.writeByte(0x20).writeByte(3).writeByte(0).writeByte(reasonCode).writeByte(0);
  }

  public static void pubAck(ByteBuf out, int packetId) {
    out.writeInt(0x4002_0000 | packetId);
  }

  public static void pubRec(ByteBuf out, int packetId) {
    out.writeInt(0x5002_0000 | packetId);
  }

  public static void pubRel(ByteBuf out, int packetId) {
    out.writeInt(0x6202_0000 | packetId);
  }

  public static void pubComp(ByteBuf out, int packetId) {
    out.writeInt(0x7002_0000 | packetId);
  }

  public static void unsubAck(ByteBuf out, int packetId) {
    out.writeInt(0xB002_0000 | packetId);
  }

  public static void pingResp(ByteBuf out) {
    out.writeShort(0xD000);
  }

  public static void subAck(ByteBuf out, int packetId, List<Integer> codes) {
    out.writeByte(0x90);
    writeRemainingLength(out, 2 + codes.size());
    out.writeShort(packetId);
    for (int code : codes) {
      out.writeByte(code);
    }
  }

  /**
   * @param topic in UTF-8, so that one encoding serves all receivers of a message
   * @param packetId ignored with QoS 0
   */
  public static void publish(
      ByteBuf out,
      byte[] topic,
      byte[] payload,
      Qos qos,
      boolean retain,
      boolean duplicate,
      int packetId) {
    boolean identified = qos != Qos.AT_MOST_ONCE;
    int length = 2 + topic.length + (identified ? 2 : 0) + payload.length;
    out.ensureWritable(5 + length);
    out.writeByte(PUBLISH | (duplicate ? 8 : 0) | (qos.level() << 1) | (retain ? 1 : 0));
    writeRemainingLength(out, length);
    out.writeShort(topic.length).writeBytes(topic);
    if (identified) {
      out.writeShort(packetId);
    }
    out.writeBytes(payload);
  }

  /** Any packet, from either side. */
  public static void encode(MqttPacket packet, ByteBuf out) {
    switch (packet) {
      case MqttPacket.Connect connect -> connect(connect, out);
      case MqttPacket.ConnAck ack -> connAck(out, ack.sessionPresent(), ack.code());
      case MqttPacket.Publish publish ->
          publish(
              out,
              publish.topic().getBytes(StandardCharsets.UTF_8),
              publish.payload(),
              publish.qos(),
              publish.retain(),
              publish.duplicate(),
              publish.packetId());
      case MqttPacket.PubAck ack -> pubAck(out, ack.packetId());
      case MqttPacket.PubRec rec -> pubRec(out, rec.packetId());
      case MqttPacket.PubRel rel -> pubRel(out, rel.packetId());
      case MqttPacket.PubComp comp -> pubComp(out, comp.packetId());
      case MqttPacket.Subscribe subscribe -> subscribe(subscribe, out);
      case MqttPacket.SubAck ack -> subAck(out, ack.packetId(), ack.codes());
      case MqttPacket.Unsubscribe unsubscribe -> unsubscribe(unsubscribe, out);
      case MqttPacket.UnsubAck ack -> unsubAck(out, ack.packetId());
      case MqttPacket.PingReq _ -> out.writeShort(0xC000);
      case MqttPacket.PingResp _ -> pingResp(out);
      case MqttPacket.Disconnect _ -> out.writeShort(0xE000);
    }
  }

  private static void connect(MqttPacket.Connect connect, ByteBuf out) {
    ByteBuf body = out.alloc().heapBuffer();
    try {
      writeText(
          body,
          switch (connect.version()) {
            case V3_1 -> "MQIsdp";
            case V3_1_1, V5 -> "MQTT";
          });
      Message will = connect.will();
      body.writeByte(connect.version().level());
      body.writeByte(connectFlags(connect));
      body.writeShort(connect.keepAliveSeconds());
      writeText(body, connect.clientId());
      if (will != null) {
        writeText(body, will.topic());
        body.writeShort(will.payload().length).writeBytes(will.payload());
      }
      if (connect.userName() != null) {
        writeText(body, connect.userName());
      }
      if (connect.password() != null) {
        byte[] password = connect.password().revealBytes();
        body.writeShort(password.length).writeBytes(password);
      }
      out.writeByte(PacketType.CONNECT.firstByte(0));
      writeRemainingLength(out, body.readableBytes());
      out.writeBytes(body);
    } finally {
      body.release();
    }
  }

  private static int connectFlags(MqttPacket.Connect connect) {
    int flags = connect.cleanStart() ? 0x02 : 0;
    Message will = connect.will();
    if (will != null) {
      flags |= 0x04 | (will.qos().level() << 3) | (will.retained() ? 0x20 : 0);
    }
    flags |= connect.password() != null ? 0x40 : 0;
    return flags | (connect.userName() != null ? 0x80 : 0);
  }

  private static void subscribe(MqttPacket.Subscribe subscribe, ByteBuf out) {
    ByteBuf body = out.alloc().heapBuffer();
    try {
      body.writeShort(subscribe.packetId());
      for (MqttPacket.Filter filter : subscribe.filters()) {
        writeText(body, filter.filter());
        body.writeByte(filter.qos().level());
      }
      out.writeByte(PacketType.SUBSCRIBE.firstByte(2));
      writeRemainingLength(out, body.readableBytes());
      out.writeBytes(body);
    } finally {
      body.release();
    }
  }

  private static void unsubscribe(MqttPacket.Unsubscribe unsubscribe, ByteBuf out) {
    ByteBuf body = out.alloc().heapBuffer();
    try {
      body.writeShort(unsubscribe.packetId());
      for (String filter : unsubscribe.filters()) {
        writeText(body, filter);
      }
      out.writeByte(PacketType.UNSUBSCRIBE.firstByte(2));
      writeRemainingLength(out, body.readableBytes());
      out.writeBytes(body);
    } finally {
      body.release();
    }
  }

  private static void writeText(ByteBuf out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeShort(bytes.length).writeBytes(bytes);
  }

  private static void writeRemainingLength(ByteBuf out, int length) {
    int rest = length;
    while (rest > 0x7F) {
      out.writeByte((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.writeByte(rest);
  }
}
