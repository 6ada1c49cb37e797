package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.ReasonCode;
import io.sallyport.mqtt.ReasonCode.Carrier;

/**
 * The bodies of PUBACK, PUBREC, PUBREL and PUBCOMP, and of DISCONNECT and AUTH: in 5 each may leave
 * out its properties, and its reason code too when that is 0 (MQTT 5 §3.4.2.1, §3.14.2.1).
 */
final class AckDecoder {
  private AckDecoder() {}

  static MqttPacket ack(PacketType type, MqttVersion version, FieldReader in)
      throws MalformedPacketException {
    int packetId = in.packetId();
    int reason = 0;
    AckProperties properties = AckProperties.NONE;
    if (version == MqttVersion.V5 && in.remaining() > 0) {
      reason = reason(in, carrier(type));
      if (in.remaining() > 0 && in.properties().read(Property.in(type))) {
        properties = in.properties().ackProperties();
      }
    }
    return switch (type) {
      case PUBACK -> new MqttPacket.PubAck(packetId, reason, properties);
      case PUBREC -> new MqttPacket.PubRec(packetId, reason, properties);
      case PUBREL -> new MqttPacket.PubRel(packetId, reason, properties);
      case PUBCOMP -> new MqttPacket.PubComp(packetId, reason, properties);
      default -> throw new IllegalArgumentException(type.name());
    };
  }

  static MqttPacket disconnect(MqttVersion version, FieldReader in)
      throws MalformedPacketException {
    if (version != MqttVersion.V5 || in.remaining() == 0) {
      return MqttPacket.Disconnect.NORMAL;
    }
    int reason = reason(in, Carrier.CLIENT_DISCONNECT); // [v5:MQTT-3.14.2-1]
    DisconnectProperties properties = DisconnectProperties.NONE;
    if (in.remaining() > 0 && in.properties().read(Property.in(PacketType.DISCONNECT))) {
      properties = in.properties().disconnectProperties();
    }
    return new MqttPacket.Disconnect(reason, properties);
  }

  /** A client has no AUTH with reason 0, so it has none without a body either. */
  static MqttPacket auth(FieldReader in) throws MalformedPacketException {
    int reason = in.remaining() == 0 ? 0 : in.unsignedByte();
    if (!ReasonCode.isValid(Carrier.CLIENT_AUTH, reason)) { // [v5:MQTT-3.15.2-1]
      throw new MalformedPacketException(MalformedCause.REASON_CODE);
    }
    if (in.remaining() == 0 || !in.properties().read(Property.in(PacketType.AUTH))) {
      throw new MalformedPacketException(MalformedCause.AUTHENTICATION);
    }
    return new MqttPacket.Auth(reason, in.properties().authProperties());
  }

  private static int reason(FieldReader in, Carrier carrier) throws MalformedPacketException {
    int reason = in.unsignedByte();
    if (!ReasonCode.isValid(carrier, reason)) { // [v5:MQTT-3.4.2-1], [v5:MQTT-3.5.2-1] and so on
      throw new MalformedPacketException(MalformedCause.REASON_CODE);
    }
    return reason;
  }

  private static Carrier carrier(PacketType type) {
    return switch (type) {
      case PUBACK -> Carrier.PUBACK;
      case PUBREC -> Carrier.PUBREC;
      case PUBREL -> Carrier.PUBREL;
      case PUBCOMP -> Carrier.PUBCOMP;
      default -> throw new IllegalArgumentException(type.name());
    };
  }
}
