package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Password;
import io.sallyport.mqtt.Qos;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The body of CONNECT, MQTT 3.1.1 and 5 §3.1. */
final class ConnectDecoder {
  private static final int RESERVED = 0x01;
  private static final int CLEAN_SESSION = 0x02;
  private static final int WILL = 0x04;
  private static final int WILL_RETAIN = 0x20;
  private static final int PASSWORD = 0x40;
  private static final int USER_NAME = 0x80;

  private ConnectDecoder() {}

  /** Null when the name is right and the level is none that we know [MQTT-3.1.2-2]. */
  static @Nullable MqttVersion version(String name, int level) throws MalformedPacketException {
    return switch (name) {
      case "MQTT" -> // [MQTT-3.1.2-1]
          switch (level) {
            case 4 -> MqttVersion.V3_1_1;
            case 5 -> MqttVersion.V5;
            default -> null;
          };
      case "MQIsdp" -> level == MqttVersion.V3_1.level() ? MqttVersion.V3_1 : null;
      default -> throw new MalformedPacketException(MalformedCause.PROTOCOL_NAME);
    };
  }

  /** What follows the protocol level. */
  static MqttPacket decode(MqttVersion version, FieldReader in, CodecLimits limits)
      throws MalformedPacketException {
    int flags = in.unsignedByte();
    requireConsistent(version, flags);
    int keepAliveSeconds = in.unsignedShort();
    ConnectProperties properties = ConnectProperties.NONE;
    if (version == MqttVersion.V5 && in.properties().read(Property.in(PacketType.CONNECT))) {
      properties = in.properties().connectProperties();
    }
    String clientId = in.text();
    MqttPacket.Will will = (flags & WILL) != 0 ? will(version, in, flags, limits) : null;
    String userName = (flags & USER_NAME) != 0 ? in.text() : null;
    Password password = (flags & PASSWORD) != 0 ? password(in) : null;
    return new MqttPacket.Connect(
        version,
        clientId,
        (flags & CLEAN_SESSION) != 0,
        keepAliveSeconds,
        will,
        userName,
        password,
        properties);
  }

  private static void requireConsistent(MqttVersion version, int flags)
      throws MalformedPacketException {
    int willQos = willQos(flags);
    boolean will = (flags & WILL) != 0;
    boolean reserved = (flags & RESERVED) != 0; // [MQTT-3.1.2-3]
    boolean willBitsWithoutWill =
        !will && (willQos != 0 || (flags & WILL_RETAIN) != 0); // [MQTT-3.1.2-13, -15]
    boolean passwordWithoutName =
        version != MqttVersion.V5 // MQTT 5 §3.1.2.9 allows it.
            && (flags & PASSWORD) != 0
            && (flags & USER_NAME) == 0; // [MQTT-3.1.2-22]
    if (reserved || willBitsWithoutWill || passwordWithoutName || willQos == 3) {
      throw new MalformedPacketException(MalformedCause.CONNECT_FLAGS);
    }
  }

  private static MqttPacket.Will will(
      MqttVersion version, FieldReader in, int flags, CodecLimits limits)
      throws MalformedPacketException {
    MessageProperties properties = MessageProperties.NONE;
    long delaySeconds = 0;
    if (version == MqttVersion.V5 && in.properties().read(Property.IN_WILL)) {
      properties = in.properties().messageProperties();
      delaySeconds = in.properties().willDelaySeconds();
    }
    in.loadText(limits.topicBytesMax());
    String topic = in.loadedText();
    TopicSyntax.requireName(topic, limits);
    int payloadBytes = in.unsignedShort();
    if (payloadBytes > limits.willBytesMax()) {
      throw new MalformedPacketException(MalformedCause.WILL_TOO_LARGE);
    }
    byte[] payload = in.bytes(payloadBytes);
    Message message =
        new Message(
            topic, payload, Qos.of(willQos(flags)), (flags & WILL_RETAIN) != 0, null, properties);
    return new MqttPacket.Will(message, delaySeconds);
  }

  private static Password password(FieldReader in) throws MalformedPacketException {
    byte[] bytes = in.prefixedBytes();
    Password password = new Password(bytes);
    Arrays.fill(bytes, (byte) 0);
    return password;
  }

  private static int willQos(int flags) {
    return (flags >> 3) & 3;
  }
}
