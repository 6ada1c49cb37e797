package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.CloseReason;
import java.util.Locale;

/** What is wrong with a packet; names the counter, and the reason the connection closes with. */
public enum MalformedCause {
  FIRST_PACKET_NOT_CONNECT(CloseReason.PROTOCOL_ERROR),
  /** A type that this state of the connection does not take. */
  UNEXPECTED_PACKET(CloseReason.PROTOCOL_ERROR),
  RESERVED_BITS(CloseReason.MALFORMED_PACKET),
  REMAINING_LENGTH(CloseReason.MALFORMED_PACKET),
  FIRST_PACKET_TOO_LARGE(CloseReason.FIRST_PACKET_TOO_LARGE),
  PACKET_TOO_LARGE(CloseReason.PACKET_TOO_LARGE),
  PAYLOAD_TOO_LARGE(CloseReason.PACKET_TOO_LARGE),
  /** A field reaches beyond the packet's end. */
  FIELD_BEYOND_END(CloseReason.MALFORMED_PACKET),
  TRAILING_BYTES(CloseReason.MALFORMED_PACKET),
  TEXT(CloseReason.MALFORMED_PACKET),
  PROTOCOL_NAME(CloseReason.PROTOCOL_ERROR),
  CONNECT_FLAGS(CloseReason.MALFORMED_PACKET),
  QOS(CloseReason.MALFORMED_PACKET),
  DUPLICATE_FLAG(CloseReason.MALFORMED_PACKET),
  PACKET_ID(CloseReason.MALFORMED_PACKET),
  TOPIC_EMPTY(CloseReason.TOPIC_NOT_VALID),
  TOPIC_WILDCARD(CloseReason.TOPIC_NOT_VALID),
  TOPIC_TOO_LONG(CloseReason.TOPIC_NOT_VALID),
  TOPIC_TOO_DEEP(CloseReason.TOPIC_NOT_VALID),
  FILTER_SYNTAX(CloseReason.TOPIC_NOT_VALID),
  NO_FILTERS(CloseReason.PROTOCOL_ERROR),
  TOO_MANY_FILTERS(CloseReason.TOO_MANY_SUBSCRIPTIONS);

  private final CloseReason closeReason;
  private final String label;

  MalformedCause(CloseReason closeReason) {
    this.closeReason = closeReason;
    this.label = name().toLowerCase(Locale.ROOT);
  }

  public CloseReason closeReason() {
    return closeReason;
  }

  /** For metrics. */
  public String label() {
    return label;
  }
}
