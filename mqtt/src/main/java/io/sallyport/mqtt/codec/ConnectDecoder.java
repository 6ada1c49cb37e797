package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Password;
import io.sallyport.mqtt.Qos;
import java.util.Arrays;

/** The body of CONNECT, MQTT 3.1.1 §3.1. */
final class ConnectDecoder {
  private static final int RESERVED = 0x01;
  private static final int CLEAN_SESSION = 0x02;
  private static final int WILL = 0x04;
  private static final int WILL_RETAIN = 0x20;
  private static final int PASSWORD = 0x40;
  private static final int USER_NAME = 0x80;

  private ConnectDecoder() {}

  static Decoded decode(FieldReader in, CodecLimits limits) throws MalformedPacketException {
    String name = in.text();
    int level = in.unsignedByte();
    MqttVersion version;
    if (name.equals("MQTT")) { // [MQTT-3.1.2-1]
      if (level != MqttVersion.V3_1_1.level()) {
        return new Decoded.UnsupportedVersion(level);
      }
      version = MqttVersion.V3_1_1;
    } else if (name.equals("MQIsdp")) {
      if (level != MqttVersion.V3_1.level()) {
        return new Decoded.UnsupportedVersion(level);
      }
      version = MqttVersion.V3_1;
    } else {
      throw new MalformedPacketException(MalformedCause.PROTOCOL_NAME);
    }
    int flags = in.unsignedByte();
    requireConsistent(flags);
    int keepAliveSeconds = in.unsignedShort();
    String clientId = in.text();
    Message will = (flags & WILL) != 0 ? will(in, flags, limits) : null;
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
        MqttProperties.NONE);
  }

  private static void requireConsistent(int flags) throws MalformedPacketException {
    int willQos = willQos(flags);
    boolean will = (flags & WILL) != 0;
    boolean reserved = (flags & RESERVED) != 0; // [MQTT-3.1.2-3]
    boolean willBitsWithoutWill =
        !will && (willQos != 0 || (flags & WILL_RETAIN) != 0); // [MQTT-3.1.2-13, -15]
    boolean passwordWithoutName =
        (flags & PASSWORD) != 0 && (flags & USER_NAME) == 0; // [MQTT-3.1.2-22]
    if (reserved || willBitsWithoutWill || passwordWithoutName || willQos == 3) {
      throw new MalformedPacketException(MalformedCause.CONNECT_FLAGS);
    }
  }

  private static Message will(FieldReader in, int flags, CodecLimits limits)
      throws MalformedPacketException {
    in.loadText(limits.topicBytesMax());
    String topic = in.loadedText();
    TopicSyntax.requireName(topic, limits);
    byte[] payload = in.prefixedBytes();
    return new Message(topic, payload, Qos.of(willQos(flags)), (flags & WILL_RETAIN) != 0, null);
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
