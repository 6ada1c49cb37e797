package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.codec.PacketType;
import java.util.Set;

/**
 * The life of a connection as a table: which packet types each state takes. Any other type closes
 * the connection before its body is read (MESSAGING.md section 8, "packets only a server sends").
 */
enum ConnectionState {
  /** [MQTT-3.1.0-1]. */
  AWAITING_CONNECT(Set.of(PacketType.CONNECT)),
  /** The gate or the former owner of the session is being asked; nothing is read meanwhile. */
  ADMITTING(Set.of()),
  /** A second CONNECT is not among these [MQTT-3.1.0-2]. */
  OPEN(
      Set.of(
          PacketType.PUBLISH,
          PacketType.PUBACK,
          PacketType.PUBREC,
          PacketType.PUBREL,
          PacketType.PUBCOMP,
          PacketType.SUBSCRIBE,
          PacketType.UNSUBSCRIBE,
          PacketType.PINGREQ,
          PacketType.DISCONNECT,
          // Of version 5 only, and then answered with a DISCONNECT: none was agreed on.
          PacketType.AUTH)),
  CLOSED(Set.of());

  @SuppressWarnings("ImmutableEnumChecker") // Made by Set.of.
  private final Set<PacketType> accepted;

  ConnectionState(Set<PacketType> accepted) {
    this.accepted = accepted;
  }

  Set<PacketType> accepted() {
    return accepted;
  }
}
