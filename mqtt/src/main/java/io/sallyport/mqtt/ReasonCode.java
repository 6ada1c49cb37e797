package io.sallyport.mqtt;

import static io.sallyport.mqtt.ReasonCode.Carrier.CLIENT_AUTH;
import static io.sallyport.mqtt.ReasonCode.Carrier.CLIENT_DISCONNECT;
import static io.sallyport.mqtt.ReasonCode.Carrier.CONNACK;
import static io.sallyport.mqtt.ReasonCode.Carrier.PUBACK;
import static io.sallyport.mqtt.ReasonCode.Carrier.PUBCOMP;
import static io.sallyport.mqtt.ReasonCode.Carrier.PUBREC;
import static io.sallyport.mqtt.ReasonCode.Carrier.PUBREL;
import static io.sallyport.mqtt.ReasonCode.Carrier.SERVER_AUTH;
import static io.sallyport.mqtt.ReasonCode.Carrier.SERVER_DISCONNECT;
import static io.sallyport.mqtt.ReasonCode.Carrier.SUBACK;
import static io.sallyport.mqtt.ReasonCode.Carrier.UNSUBACK;

import java.util.EnumSet;
import java.util.Set;

/** Reason codes of MQTT 5 §2.4 with the packets that each may stand in. */
public enum ReasonCode {
  /** Also "Normal disconnection" and "Granted QoS 0". */
  SUCCESS(
      0x00,
      CONNACK,
      PUBACK,
      PUBREC,
      PUBREL,
      PUBCOMP,
      SUBACK,
      UNSUBACK,
      CLIENT_DISCONNECT,
      SERVER_DISCONNECT,
      SERVER_AUTH),
  GRANTED_QOS_1(0x01, SUBACK),
  GRANTED_QOS_2(0x02, SUBACK),
  DISCONNECT_WITH_WILL_MESSAGE(0x04, CLIENT_DISCONNECT),
  NO_MATCHING_SUBSCRIBERS(0x10, PUBACK, PUBREC),
  NO_SUBSCRIPTION_EXISTED(0x11, UNSUBACK),
  CONTINUE_AUTHENTICATION(0x18, CLIENT_AUTH, SERVER_AUTH),
  RE_AUTHENTICATE(0x19, CLIENT_AUTH),
  UNSPECIFIED_ERROR(
      0x80, CONNACK, PUBACK, PUBREC, SUBACK, UNSUBACK, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  MALFORMED_PACKET(0x81, CONNACK, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  PROTOCOL_ERROR(0x82, CONNACK, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  IMPLEMENTATION_SPECIFIC_ERROR(
      0x83, CONNACK, PUBACK, PUBREC, SUBACK, UNSUBACK, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  UNSUPPORTED_PROTOCOL_VERSION(0x84, CONNACK),
  CLIENT_IDENTIFIER_NOT_VALID(0x85, CONNACK),
  BAD_USER_NAME_OR_PASSWORD(0x86, CONNACK),
  NOT_AUTHORIZED(0x87, CONNACK, PUBACK, PUBREC, SUBACK, UNSUBACK, SERVER_DISCONNECT),
  SERVER_UNAVAILABLE(0x88, CONNACK),
  SERVER_BUSY(0x89, CONNACK, SERVER_DISCONNECT),
  BANNED(0x8A, CONNACK),
  SERVER_SHUTTING_DOWN(0x8B, SERVER_DISCONNECT),
  BAD_AUTHENTICATION_METHOD(0x8C, CONNACK, SERVER_DISCONNECT),
  KEEP_ALIVE_TIMEOUT(0x8D, SERVER_DISCONNECT),
  SESSION_TAKEN_OVER(0x8E, SERVER_DISCONNECT),
  TOPIC_FILTER_INVALID(0x8F, SUBACK, UNSUBACK, SERVER_DISCONNECT),
  TOPIC_NAME_INVALID(0x90, CONNACK, PUBACK, PUBREC, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  PACKET_IDENTIFIER_IN_USE(0x91, PUBACK, PUBREC, SUBACK, UNSUBACK),
  PACKET_IDENTIFIER_NOT_FOUND(0x92, PUBREL, PUBCOMP),
  RECEIVE_MAXIMUM_EXCEEDED(0x93, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  TOPIC_ALIAS_INVALID(0x94, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  PACKET_TOO_LARGE(0x95, CONNACK, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  MESSAGE_RATE_TOO_HIGH(0x96, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  QUOTA_EXCEEDED(0x97, CONNACK, PUBACK, PUBREC, SUBACK, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  ADMINISTRATIVE_ACTION(0x98, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  PAYLOAD_FORMAT_INVALID(0x99, CONNACK, PUBACK, PUBREC, CLIENT_DISCONNECT, SERVER_DISCONNECT),
  RETAIN_NOT_SUPPORTED(0x9A, CONNACK, SERVER_DISCONNECT),
  QOS_NOT_SUPPORTED(0x9B, CONNACK, SERVER_DISCONNECT),
  USE_ANOTHER_SERVER(0x9C, CONNACK, SERVER_DISCONNECT),
  SERVER_MOVED(0x9D, CONNACK, SERVER_DISCONNECT),
  SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(0x9E, SUBACK, SERVER_DISCONNECT),
  CONNECTION_RATE_EXCEEDED(0x9F, CONNACK, SERVER_DISCONNECT),
  MAXIMUM_CONNECT_TIME(0xA0, SERVER_DISCONNECT),
  SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED(0xA1, SUBACK, SERVER_DISCONNECT),
  WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED(0xA2, SUBACK, SERVER_DISCONNECT);

  /** Packets with a reason code; where it matters, by who sends them. */
  public enum Carrier {
    CONNACK,
    PUBACK,
    PUBREC,
    PUBREL,
    PUBCOMP,
    SUBACK,
    UNSUBACK,
    CLIENT_DISCONNECT,
    SERVER_DISCONNECT,
    CLIENT_AUTH,
    SERVER_AUTH
  }

  private static final boolean[][] VALID = new boolean[Carrier.values().length][256];

  static {
    for (ReasonCode reason : values()) {
      for (Carrier carrier : reason.carriers) {
        VALID[carrier.ordinal()][reason.code] = true;
      }
    }
  }

  private final int code;

  @SuppressWarnings("ImmutableEnumChecker") // Never changed after the constructor.
  private final Set<Carrier> carriers;

  ReasonCode(int code, Carrier first, Carrier... others) {
    this.code = code;
    this.carriers = EnumSet.of(first, others);
  }

  /** The byte on the wire, 0 to 255. */
  public int code() {
    return code;
  }

  /**
   * @param code 0 to 255
   */
  public static boolean isValid(Carrier carrier, int code) {
    return VALID[carrier.ordinal()][code];
  }

  /** From here on a code says that something failed. */
  public static boolean isFailure(int code) {
    return code >= 0x80;
  }
}
