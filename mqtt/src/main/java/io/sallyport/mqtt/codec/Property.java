package io.sallyport.mqtt.codec;

import static io.sallyport.mqtt.codec.PacketType.AUTH;
import static io.sallyport.mqtt.codec.PacketType.CONNACK;
import static io.sallyport.mqtt.codec.PacketType.CONNECT;
import static io.sallyport.mqtt.codec.PacketType.DISCONNECT;
import static io.sallyport.mqtt.codec.PacketType.PUBACK;
import static io.sallyport.mqtt.codec.PacketType.PUBCOMP;
import static io.sallyport.mqtt.codec.PacketType.PUBLISH;
import static io.sallyport.mqtt.codec.PacketType.PUBREC;
import static io.sallyport.mqtt.codec.PacketType.PUBREL;
import static io.sallyport.mqtt.codec.PacketType.SUBACK;
import static io.sallyport.mqtt.codec.PacketType.SUBSCRIBE;
import static io.sallyport.mqtt.codec.PacketType.UNSUBACK;
import static io.sallyport.mqtt.codec.PacketType.UNSUBSCRIBE;

import org.jspecify.annotations.Nullable;

/** The table of MQTT 5 §2.2.2.2: every property with its identifier and where it may stand. */
enum Property {
  PAYLOAD_FORMAT(0x01, true, PUBLISH),
  MESSAGE_EXPIRY(0x02, true, PUBLISH),
  CONTENT_TYPE(0x03, true, PUBLISH),
  RESPONSE_TOPIC(0x08, true, PUBLISH),
  CORRELATION_DATA(0x09, true, PUBLISH),
  SUBSCRIPTION_IDENTIFIER(0x0B, false, PUBLISH, SUBSCRIBE),
  SESSION_EXPIRY(0x11, false, CONNECT, CONNACK, DISCONNECT),
  ASSIGNED_CLIENT_ID(0x12, false, CONNACK),
  SERVER_KEEP_ALIVE(0x13, false, CONNACK),
  AUTHENTICATION_METHOD(0x15, false, CONNECT, CONNACK, AUTH),
  AUTHENTICATION_DATA(0x16, false, CONNECT, CONNACK, AUTH),
  REQUEST_PROBLEM_INFORMATION(0x17, false, CONNECT),
  WILL_DELAY(0x18, true),
  REQUEST_RESPONSE_INFORMATION(0x19, false, CONNECT),
  RESPONSE_INFORMATION(0x1A, false, CONNACK),
  SERVER_REFERENCE(0x1C, false, CONNACK, DISCONNECT),
  REASON_STRING(
      0x1F, false, CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, DISCONNECT, AUTH),
  RECEIVE_MAXIMUM(0x21, false, CONNECT, CONNACK),
  TOPIC_ALIAS_MAXIMUM(0x22, false, CONNECT, CONNACK),
  TOPIC_ALIAS(0x23, false, PUBLISH),
  MAXIMUM_QOS(0x24, false, CONNACK),
  RETAIN_AVAILABLE(0x25, false, CONNACK),
  USER_PROPERTY(
      0x26,
      true,
      CONNECT,
      CONNACK,
      PUBLISH,
      PUBACK,
      PUBREC,
      PUBREL,
      PUBCOMP,
      SUBSCRIBE,
      SUBACK,
      UNSUBSCRIBE,
      UNSUBACK,
      DISCONNECT,
      AUTH),
  MAXIMUM_PACKET_SIZE(0x27, false, CONNECT, CONNACK),
  WILDCARD_SUBSCRIPTION_AVAILABLE(0x28, false, CONNACK),
  SUBSCRIPTION_IDENTIFIER_AVAILABLE(0x29, false, CONNACK),
  SHARED_SUBSCRIPTION_AVAILABLE(0x2A, false, CONNACK);

  /** Stands for the will properties, which are a block of their own within CONNECT. */
  static final int IN_WILL = 1 << 15;

  private static final @Nullable Property[] BY_ID = new @Nullable Property[256];

  static {
    for (Property property : values()) {
      BY_ID[property.id] = property;
    }
  }

  private final int id;
  private final int carriers;

  Property(int id, boolean inWill, PacketType... packets) {
    int mask = inWill ? IN_WILL : 0;
    for (PacketType packet : packets) {
      mask |= in(packet);
    }
    this.id = id;
    this.carriers = mask;
  }

  /** Below 128, so that the variable byte integer is always one byte; and below 64. */
  int id() {
    return id;
  }

  static int in(PacketType packet) {
    return 1 << packet.ordinal();
  }

  boolean mayStandIn(int carrier) {
    return (carriers & carrier) != 0;
  }

  /**
   * @param id 0 to 255
   */
  static @Nullable Property ofId(int id) {
    return BY_ID[id];
  }
}
