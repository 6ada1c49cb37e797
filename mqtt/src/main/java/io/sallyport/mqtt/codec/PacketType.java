package io.sallyport.mqtt.codec;

import org.jspecify.annotations.Nullable;

/** Control packet types by their number in the high half of the first byte, MQTT 5 §2.1.2. */
public enum PacketType {
  CONNECT(1),
  CONNACK(2),
  PUBLISH(3),
  PUBACK(4),
  PUBREC(5),
  PUBREL(6),
  PUBCOMP(7),
  SUBSCRIBE(8),
  SUBACK(9),
  UNSUBSCRIBE(10),
  UNSUBACK(11),
  PINGREQ(12),
  PINGRESP(13),
  DISCONNECT(14),
  /** MQTT 5 only. */
  AUTH(15);

  private static final @Nullable PacketType[] BY_NUMBER = new @Nullable PacketType[16];

  static {
    for (PacketType type : values()) {
      BY_NUMBER[type.number] = type;
    }
  }

  private final int number;

  PacketType(int number) {
    this.number = number;
  }

  /** The first byte of a packet of this type whose flags are {@code flags}. */
  int firstByte(int flags) {
    return (number << 4) | flags;
  }

  /** Null for the number 0, which no packet has. */
  static @Nullable PacketType ofFirstByte(int firstByte) {
    return BY_NUMBER[firstByte >>> 4];
  }
}
