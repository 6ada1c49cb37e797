package io.sallyport.simulator.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes the few MQTT 3.1.1 packets that a load client sends, straight into a buffer. */
final class MqttEncoder {
  static final int CONNACK = 2;
  static final int PUBLISH = 3;
  static final int PUBACK = 4;
  static final int SUBACK = 9;

  private static final byte[] PROTOCOL = {0, 4, 'M', 'Q', 'T', 'T', 4};
  private static final int CLEAN_SESSION = 0x02;
  private static final int HAS_PASSWORD = 0x40;
  private static final int HAS_USER = 0x80;

  private MqttEncoder() {}

  /** CONNECT (MQTT 3.1.1 §3.1). */
  static void connect(
      ByteBuf out,
      String clientId,
      @Nullable String user,
      byte @Nullable [] password,
      boolean cleanSession,
      int keepAliveSeconds) {
    byte[] id = utf8(clientId);
    byte[] name = user == null ? null : utf8(user);
    int length = PROTOCOL.length + 3 + 2 + id.length;
    int flags = cleanSession ? CLEAN_SESSION : 0;
    if (name != null) {
      length += 2 + name.length;
      flags |= HAS_USER;
    }
    if (password != null) {
      length += 2 + password.length;
      flags |= HAS_PASSWORD;
    }
    out.writeByte(0x10);
    remainingLength(out, length);
    out.writeBytes(PROTOCOL).writeByte(flags).writeShort(keepAliveSeconds);
    field(out, id);
    if (name != null) {
      field(out, name);
    }
    if (password != null) {
      field(out, password);
    }
  }

  /** SUBSCRIBE to one filter (MQTT 3.1.1 §3.8). */
  static void subscribe(ByteBuf out, int packetId, String filter, int qos) {
    byte[] bytes = utf8(filter);
    out.writeByte(0x82);
    remainingLength(out, 2 + 2 + bytes.length + 1);
    out.writeShort(packetId);
    field(out, bytes);
    out.writeByte(qos);
  }

  /** PUBLISH; the packet id is written for QoS 1 only (MQTT 3.1.1 §3.3). */
  static void publish(ByteBuf out, byte[] topic, int qos, int packetId, byte[] payload) {
    out.writeByte(0x30 | qos << 1);
    remainingLength(out, 2 + topic.length + (qos == 0 ? 0 : 2) + payload.length);
    field(out, topic);
    if (qos != 0) {
      out.writeShort(packetId);
    }
    out.writeBytes(payload);
  }

  /** PUBACK (MQTT 3.1.1 §3.4). */
  static void puback(ByteBuf out, int packetId) {
    out.writeInt(0x4002_0000 | packetId);
  }

  /** DISCONNECT (MQTT 3.1.1 §3.14). */
  static void disconnect(ByteBuf out) {
    out.writeShort(0xE000);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** MQTT 3.1.1 §2.2.3: seven bits a byte, least significant first. */
  private static void remainingLength(ByteBuf out, int length) {
    int rest = length;
    do {
      int digit = rest & 0x7F;
      rest >>>= 7;
      out.writeByte(rest == 0 ? digit : digit | 0x80);
    } while (rest != 0);
  }

  private static void field(ByteBuf out, byte[] bytes) {
    out.writeShort(bytes.length).writeBytes(bytes);
  }
}
