package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ReasonCode;
import java.util.Locale;

/** What is wrong with a packet; names the counter, and the reason the connection closes with. */
public enum MalformedCause {
  FIRST_PACKET_NOT_CONNECT(CloseReason.PROTOCOL_ERROR, ReasonCode.PROTOCOL_ERROR),
  /** A type that this state of the connection does not take. */
  UNEXPECTED_PACKET(CloseReason.PROTOCOL_ERROR, ReasonCode.PROTOCOL_ERROR),
  RESERVED_BITS(CloseReason.MALFORMED_PACKET, ReasonCode.MALFORMED_PACKET),
  REMAINING_LENGTH(CloseReason.MALFORMED_PACKET, ReasonCode.MALFORMED_PACKET),
  FIRST_PACKET_TOO_LARGE(CloseReason.FIRST_PACKET_TOO_LARGE, ReasonCode.PACKET_TOO_LARGE),
  PACKET_TOO_LARGE(CloseReason.PACKET_TOO_LARGE, ReasonCode.PACKET_TOO_LARGE),
  PAYLOAD_TOO_LARGE(CloseReason.PACKET_TOO_LARGE, ReasonCode.PACKET_TOO_LARGE),
  /** A field reaches beyond the packet's end. */
  FIELD_BEYOND_END(CloseReason.MALFORMED_PACKET, ReasonCode.MALFORMED_PACKET),
  TRAILING_BYTES(CloseReason.MALFORMED_PACKET, ReasonCode.MALFORMED_PACKET),
  TEXT(CloseReason.MALFORMED_PACKET, ReasonCode.MALFORMED_PACKET),
  PROTOCOL_NAME(CloseReason.PROTOCOL_ERROR, ReasonCode.UNSUPPORTED_PROTOCOL_VERSION),
  CONNECT_FLAGS(CloseReason.MALFORMED_PACKET, ReasonCode.MALFORMED_PACKET),
  QOS(CloseReason.MALFORMED_PACKET, ReasonCode.MALFORMED_PACKET),
  DUPLICATE_FLAG(CloseReason.MALFORMED_PACKET, ReasonCode.MALFORMED_PACKET),
  PACKET_ID(CloseReason.MALFORMED_PACKET, ReasonCode.PROTOCOL_ERROR),
  TOPIC_EMPTY(CloseReason.TOPIC_NOT_VALID, ReasonCode.PROTOCOL_ERROR),
  /** 0x90 and 0x8F are for what is correctly formed: MQTT 5 §2.4. */
  TOPIC_WILDCARD(CloseReason.TOPIC_NOT_VALID, ReasonCode.MALFORMED_PACKET),
  TOPIC_TOO_LONG(CloseReason.TOPIC_NOT_VALID, ReasonCode.TOPIC_NAME_INVALID),
  TOPIC_TOO_DEEP(CloseReason.TOPIC_NOT_VALID, ReasonCode.TOPIC_NAME_INVALID),
  FILTER_SYNTAX(CloseReason.TOPIC_NOT_VALID, ReasonCode.MALFORMED_PACKET),
  NO_FILTERS(CloseReason.PROTOCOL_ERROR, ReasonCode.PROTOCOL_ERROR),
  TOO_MANY_FILTERS(CloseReason.TOO_MANY_SUBSCRIPTIONS, ReasonCode.QUOTA_EXCEEDED),
  VARIABLE_INTEGER(CloseReason.MALFORMED_PACKET, ReasonCode.MALFORMED_PACKET),
  /** The properties reach beyond the packet's end. */
  PROPERTY_LENGTH(CloseReason.MALFORMED_PACKET, ReasonCode.MALFORMED_PACKET),
  /** Unknown, or not of this packet: MQTT 5 §2.2.2.2. */
  PROPERTY_IDENTIFIER(CloseReason.MALFORMED_PACKET, ReasonCode.MALFORMED_PACKET),
  PROPERTY_REPEATED(CloseReason.PROTOCOL_ERROR, ReasonCode.PROTOCOL_ERROR),
  PROPERTY_VALUE(CloseReason.PROTOCOL_ERROR, ReasonCode.PROTOCOL_ERROR),
  PROPERTIES_TOO_LARGE(CloseReason.PACKET_TOO_LARGE, ReasonCode.PACKET_TOO_LARGE),
  TOO_MANY_USER_PROPERTIES(CloseReason.PACKET_TOO_LARGE, ReasonCode.QUOTA_EXCEEDED),
  WILL_TOO_LARGE(CloseReason.PACKET_TOO_LARGE, ReasonCode.PACKET_TOO_LARGE),
  /** 0, or above what the connection was granted (which only the engine knows). */
  TOPIC_ALIAS(CloseReason.PROTOCOL_ERROR, ReasonCode.TOPIC_ALIAS_INVALID),
  SUBSCRIPTION_ID_FROM_CLIENT(CloseReason.PROTOCOL_ERROR, ReasonCode.PROTOCOL_ERROR),
  /** QoS 3, retain handling 3, or No Local on a shared subscription. */
  SUBSCRIPTION_OPTIONS(CloseReason.PROTOCOL_ERROR, ReasonCode.PROTOCOL_ERROR),
  /** Not one of the packet's own, or not the client's to send. */
  REASON_CODE(CloseReason.PROTOCOL_ERROR, ReasonCode.PROTOCOL_ERROR),
  /** Authentication data without method, or AUTH without either. */
  AUTHENTICATION(CloseReason.PROTOCOL_ERROR, ReasonCode.PROTOCOL_ERROR),
  /** Found by the engine, which counts open messages [v5:MQTT-3.3.4-7]. */
  RECEIVE_MAXIMUM_EXCEEDED(CloseReason.PROTOCOL_ERROR, ReasonCode.RECEIVE_MAXIMUM_EXCEEDED),
  /** Found by the engine: above what CONNACK offered [v5:MQTT-3.2.2-11]. */
  QOS_NOT_OFFERED(CloseReason.PROTOCOL_ERROR, ReasonCode.QOS_NOT_SUPPORTED),
  /** Found by the engine [v5:MQTT-3.2.2-14]. */
  RETAIN_NOT_OFFERED(CloseReason.PROTOCOL_ERROR, ReasonCode.RETAIN_NOT_SUPPORTED),
  /** Found by the engine: DISCONNECT gives an expiry to a session that had none. */
  SESSION_EXPIRY(CloseReason.PROTOCOL_ERROR, ReasonCode.PROTOCOL_ERROR);

  private final CloseReason closeReason;
  private final ReasonCode reasonCode;
  private final String label;

  MalformedCause(CloseReason closeReason, ReasonCode reasonCode) {
    this.closeReason = closeReason;
    this.reasonCode = reasonCode;
    this.label = name().toLowerCase(Locale.ROOT);
  }

  public CloseReason closeReason() {
    return closeReason;
  }

  /** For DISCONNECT or, before CONNACK was sent, CONNACK of version 5 (MQTT 5 §4.13). */
  public ReasonCode reasonCode() {
    return reasonCode;
  }

  /** For metrics. */
  public String label() {
    return label;
  }
}
