package io.sallyport.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Qos;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Appends packets to a buffer. The named methods are for the hot path: they take fields and make no
 * object. Where a packet of version 5 differs from 3.x, its method says so.
 */
public final class PacketEncoder {
  private static final int PUBLISH = 0x30;

  private PacketEncoder() {}

  /** CONNACK of 3.x. */
  public static void connAck(ByteBuf out, boolean sessionPresent, int returnCode) {
    out.writeInt(0x2002_0000 | (sessionPresent ? 0x100 : 0) | returnCode);
  }

  /** CONNACK of 5. */
  public static void connAck(
      ByteBuf out, boolean sessionPresent, int reasonCode, EncodedProperties properties) {
    out.writeByte(0x20);
    VariableInteger.write(out, 2 + properties.blockBytes());
    out.writeByte(sessionPresent ? 1 : 0).writeByte(reasonCode);
    properties.writeBlock(out);
  }

  /** PUBACK of 3.x; in 5 it says reason 0. */
  public static void pubAck(ByteBuf out, int packetId) {
    out.writeInt(0x4002_0000 | packetId);
  }

  /** PUBREC of 3.x; in 5 it says reason 0. */
  public static void pubRec(ByteBuf out, int packetId) {
    out.writeInt(0x5002_0000 | packetId);
  }

  /** PUBREL of 3.x; in 5 it says reason 0. */
  public static void pubRel(ByteBuf out, int packetId) {
    out.writeInt(0x6202_0000 | packetId);
  }

  /** PUBCOMP of 3.x; in 5 it says reason 0. */
  public static void pubComp(ByteBuf out, int packetId) {
    out.writeInt(0x7002_0000 | packetId);
  }

  /** PUBACK of 5, as short as its reason and properties allow. */
  public static void pubAck(
      ByteBuf out, int packetId, int reasonCode, EncodedProperties properties) {
    acknowledgement(out, 0x40, packetId, reasonCode, properties);
  }

  /** PUBREC of 5, as short as its reason and properties allow. */
  public static void pubRec(
      ByteBuf out, int packetId, int reasonCode, EncodedProperties properties) {
    acknowledgement(out, 0x50, packetId, reasonCode, properties);
  }

  /** PUBREL of 5, as short as its reason and properties allow. */
  public static void pubRel(
      ByteBuf out, int packetId, int reasonCode, EncodedProperties properties) {
    acknowledgement(out, 0x62, packetId, reasonCode, properties);
  }

  /** PUBCOMP of 5, as short as its reason and properties allow. */
  public static void pubComp(
      ByteBuf out, int packetId, int reasonCode, EncodedProperties properties) {
    acknowledgement(out, 0x70, packetId, reasonCode, properties);
  }

  /** MQTT 5 §3.4.2.1: what is 0 or empty at the end may be left out. */
  private static void acknowledgement(
      ByteBuf out, int firstByte, int packetId, int reasonCode, EncodedProperties properties) {
    if (properties.length() == 0) {
      out.writeByte(firstByte).writeByte(reasonCode == 0 ? 2 : 3).writeShort(packetId);
      if (reasonCode != 0) {
        out.writeByte(reasonCode);
      }
      return;
    }
    out.writeByte(firstByte);
    VariableInteger.write(out, 3 + properties.blockBytes());
    out.writeShort(packetId).writeByte(reasonCode);
    properties.writeBlock(out);
  }

  /** UNSUBACK of 3.x. */
  public static void unsubAck(ByteBuf out, int packetId) {
    out.writeInt(0xB002_0000 | packetId);
  }

  /** UNSUBACK of 5. */
  public static void unsubAck(
      ByteBuf out, int packetId, List<Integer> codes, EncodedProperties properties) {
    codes(out, 0xB0, packetId, codes, properties);
  }

  public static void pingResp(ByteBuf out) {
    out.writeShort(0xD000);
  }

  /** SUBACK of 3.x. */
  public static void subAck(ByteBuf out, int packetId, List<Integer> codes) {
    out.writeByte(0x90);
    VariableInteger.write(out, 2 + codes.size());
    out.writeShort(packetId);
    for (int code : codes) {
      out.writeByte(code);
    }
  }

  /** SUBACK of 5. */
  public static void subAck(
      ByteBuf out, int packetId, List<Integer> codes, EncodedProperties properties) {
    codes(out, 0x90, packetId, codes, properties);
  }

  private static void codes(
      ByteBuf out, int firstByte, int packetId, List<Integer> codes, EncodedProperties properties) {
    out.writeByte(firstByte);
    VariableInteger.write(out, 2 + properties.blockBytes() + codes.size());
    out.writeShort(packetId);
    properties.writeBlock(out);
    for (int code : codes) {
      out.writeByte(code);
    }
  }

  /** DISCONNECT of 5, as short as its reason and properties allow. */
  public static void disconnect(ByteBuf out, int reasonCode, EncodedProperties properties) {
    if (properties.length() != 0) {
      out.writeByte(0xE0);
      VariableInteger.write(out, 1 + properties.blockBytes());
      out.writeByte(reasonCode);
      properties.writeBlock(out);
    } else if (reasonCode != 0) {
      out.writeByte(0xE0).writeByte(1).writeByte(reasonCode);
    } else {
      out.writeShort(0xE000);
    }
  }

  /**
   * PUBLISH of 3.x.
   *
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
    out.writeByte(publishByte(qos, retain, duplicate));
    VariableInteger.write(out, length);
    out.writeShort(topic.length).writeBytes(topic);
    if (identified) {
      out.writeShort(packetId);
    }
    out.writeBytes(payload);
  }

  /** PUBLISH of 3.x, of what its receivers share. */
  public static void publish(
      ByteBuf out,
      EncodedMessage message,
      Qos qos,
      boolean retain,
      boolean duplicate,
      int packetId) {
    publish(out, message.topic(), message.payload(), qos, retain, duplicate, packetId);
  }

  /**
   * PUBLISH of 5.
   *
   * @param message shared by all receivers
   * @param copy this receiver's part
   * @param packetId ignored with QoS 0
   */
  public static void publish(
      ByteBuf out,
      EncodedMessage message,
      CopyProperties copy,
      Qos qos,
      boolean retain,
      boolean duplicate,
      int packetId) {
    EncodedProperties shared = message.properties();
    int propertyBytes = copy.bytes() + shared.length();
    int length = publishLength(message, copy, qos, propertyBytes);
    out.ensureWritable(5 + length);
    out.writeByte(publishByte(qos, retain, duplicate));
    VariableInteger.write(out, length);
    if (copy.topicOmitted()) {
      out.writeShort(0);
    } else {
      out.writeShort(message.topic().length).writeBytes(message.topic());
    }
    if (qos != Qos.AT_MOST_ONCE) {
      out.writeShort(packetId);
    }
    VariableInteger.write(out, propertyBytes);
    writeCopy(out, copy);
    shared.writeTo(out);
    out.writeBytes(message.payload());
  }

  /** What {@link #publish} of 5 would write: to be compared with the client's maximum. */
  public static int publishBytes(EncodedMessage message, CopyProperties copy, Qos qos) {
    int length = publishLength(message, copy, qos, copy.bytes() + message.properties().length());
    return 1 + VariableInteger.bytes(length) + length;
  }

  private static int publishLength(
      EncodedMessage message, CopyProperties copy, Qos qos, int propertyBytes) {
    return 2
        + (copy.topicOmitted() ? 0 : message.topic().length)
        + (qos == Qos.AT_MOST_ONCE ? 0 : 2)
        + VariableInteger.bytes(propertyBytes)
        + propertyBytes
        + message.payload().length;
  }

  private static void writeCopy(ByteBuf out, CopyProperties copy) {
    if (copy.topicAlias() != 0) {
      out.writeByte(Property.TOPIC_ALIAS.id()).writeShort(copy.topicAlias());
    }
    if (copy.expirySeconds() != MessageProperties.NO_EXPIRY) {
      out.writeByte(Property.MESSAGE_EXPIRY.id()).writeInt((int) copy.expirySeconds());
    }
    SubscriptionIds ids = copy.subscriptionIds();
    for (int i = 0; i < ids.size(); i++) {
      out.writeByte(Property.SUBSCRIPTION_IDENTIFIER.id());
      VariableInteger.write(out, ids.get(i));
    }
  }

  private static int publishByte(Qos qos, boolean retain, boolean duplicate) {
    return PUBLISH | (duplicate ? 8 : 0) | (qos.level() << 1) | (retain ? 1 : 0);
  }

  /**
   * Writes the packet if it fits a client's maximum, else without reason string and user properties
   * [v5:MQTT-3.2.2-19, -20 and their like], else not at all.
   *
   * @return whether it was written
   */
  public static boolean encodeWithin(
      int packetBytesMax, MqttPacket packet, MqttVersion version, ByteBuf out) {
    int start = out.writerIndex();
    encode(packet, version, out);
    if (out.writerIndex() - start > packetBytesMax) {
      out.writerIndex(start);
      encode(withoutDiagnostics(packet), version, out);
    }
    if (out.writerIndex() - start > packetBytesMax) {
      out.writerIndex(start);
      return false;
    }
    return true;
  }

  private static MqttPacket withoutDiagnostics(MqttPacket packet) {
    AckProperties none = AckProperties.NONE;
    return switch (packet) {
      case MqttPacket.ConnAck ack ->
          new MqttPacket.ConnAck(
              ack.sessionPresent(), ack.code(), ack.properties().withoutDiagnostics());
      case MqttPacket.PubAck ack -> new MqttPacket.PubAck(ack.packetId(), ack.reasonCode(), none);
      case MqttPacket.PubRec rec -> new MqttPacket.PubRec(rec.packetId(), rec.reasonCode(), none);
      case MqttPacket.PubRel rel -> new MqttPacket.PubRel(rel.packetId(), rel.reasonCode(), none);
      case MqttPacket.PubComp comp ->
          new MqttPacket.PubComp(comp.packetId(), comp.reasonCode(), none);
      case MqttPacket.SubAck ack -> new MqttPacket.SubAck(ack.packetId(), ack.codes(), none);
      case MqttPacket.UnsubAck ack -> new MqttPacket.UnsubAck(ack.packetId(), ack.codes(), none);
      case MqttPacket.Disconnect disconnect ->
          new MqttPacket.Disconnect(
              disconnect.reasonCode(), disconnect.properties().withoutDiagnostics());
      case MqttPacket.Auth auth ->
          new MqttPacket.Auth(auth.reasonCode(), auth.properties().withoutDiagnostics());
      // These have none, or it is the message's own and stays [v5:MQTT-3.3.2-17].
      case MqttPacket.Connect _,
          MqttPacket.Publish _,
          MqttPacket.Subscribe _,
          MqttPacket.Unsubscribe _,
          MqttPacket.PingReq _,
          MqttPacket.PingResp _ ->
          packet;
    };
  }

  /**
   * Any packet, from either side.
   *
   * @param version of the connection; a CONNECT has its own
   */
  public static void encode(MqttPacket packet, MqttVersion version, ByteBuf out) {
    if (packet instanceof MqttPacket.Connect connect) {
      ClientPacketEncoder.connect(connect, out);
    } else if (version == MqttVersion.V5) {
      encodeVersion5(packet, out);
    } else {
      encodeVersion3(packet, out);
    }
  }

  private static void encodeVersion3(MqttPacket packet, ByteBuf out) {
    switch (packet) {
      case MqttPacket.Connect connect -> ClientPacketEncoder.connect(connect, out);
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
      case MqttPacket.Subscribe subscribe ->
          ClientPacketEncoder.subscribe(subscribe, MqttVersion.V3_1_1, out);
      case MqttPacket.SubAck ack -> subAck(out, ack.packetId(), ack.codes());
      case MqttPacket.Unsubscribe unsubscribe ->
          ClientPacketEncoder.unsubscribe(unsubscribe, MqttVersion.V3_1_1, out);
      case MqttPacket.UnsubAck ack -> unsubAck(out, ack.packetId());
      case MqttPacket.PingReq _ -> out.writeShort(0xC000);
      case MqttPacket.PingResp _ -> pingResp(out);
      case MqttPacket.Disconnect _ -> out.writeShort(0xE000);
      case MqttPacket.Auth _ -> throw new IllegalArgumentException("no AUTH before version 5");
    }
  }

  private static void encodeVersion5(MqttPacket packet, ByteBuf out) {
    switch (packet) {
      case MqttPacket.Connect connect -> ClientPacketEncoder.connect(connect, out);
      case MqttPacket.ConnAck ack ->
          connAck(out, ack.sessionPresent(), ack.code(), EncodedProperties.of(ack.properties()));
      case MqttPacket.Publish publish -> publish(publish, out);
      case MqttPacket.PubAck ack ->
          pubAck(out, ack.packetId(), ack.reasonCode(), EncodedProperties.of(ack.properties()));
      case MqttPacket.PubRec rec ->
          pubRec(out, rec.packetId(), rec.reasonCode(), EncodedProperties.of(rec.properties()));
      case MqttPacket.PubRel rel ->
          pubRel(out, rel.packetId(), rel.reasonCode(), EncodedProperties.of(rel.properties()));
      case MqttPacket.PubComp comp ->
          pubComp(out, comp.packetId(), comp.reasonCode(), EncodedProperties.of(comp.properties()));
      case MqttPacket.Subscribe subscribe ->
          ClientPacketEncoder.subscribe(subscribe, MqttVersion.V5, out);
      case MqttPacket.SubAck ack ->
          subAck(out, ack.packetId(), ack.codes(), EncodedProperties.of(ack.properties()));
      case MqttPacket.Unsubscribe unsubscribe ->
          ClientPacketEncoder.unsubscribe(unsubscribe, MqttVersion.V5, out);
      case MqttPacket.UnsubAck ack ->
          unsubAck(out, ack.packetId(), ack.codes(), EncodedProperties.of(ack.properties()));
      case MqttPacket.PingReq _ -> out.writeShort(0xC000);
      case MqttPacket.PingResp _ -> pingResp(out);
      case MqttPacket.Disconnect disconnect ->
          disconnect(out, disconnect.reasonCode(), EncodedProperties.of(disconnect.properties()));
      case MqttPacket.Auth auth -> auth(auth, out);
    }
  }

  private static void publish(MqttPacket.Publish publish, ByteBuf out) {
    publish(
        out,
        new EncodedMessage(
            publish.topic().getBytes(StandardCharsets.UTF_8),
            EncodedProperties.of(publish.properties()),
            publish.payload()),
        new CopyProperties(
            publish.properties().expirySeconds(),
            publish.subscriptionIds(),
            publish.topicAlias(),
            publish.topic().isEmpty()),
        publish.qos(),
        publish.retain(),
        publish.duplicate(),
        publish.packetId());
  }

  private static void auth(MqttPacket.Auth auth, ByteBuf out) {
    EncodedProperties properties = EncodedProperties.of(auth.properties());
    out.writeByte(0xF0);
    VariableInteger.write(out, 1 + properties.blockBytes());
    out.writeByte(auth.reasonCode());
    properties.writeBlock(out);
  }
}
