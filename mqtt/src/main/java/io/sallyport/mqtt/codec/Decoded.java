package io.sallyport.mqtt.codec;

/** What {@link PacketDecoder#decode} found: a packet, or why there is none. */
public sealed interface Decoded {
  /** Nothing consumed; more bytes are needed. */
  enum Incomplete implements Decoded {
    INCOMPLETE
  }

  /** The connection can't go on. */
  record Malformed(MalformedCause cause) implements Decoded {}

  /**
   * A CONNECT of the right name whose protocol level is not offered [MQTT-3.1.2-2].
   *
   * @param level as sent, 0 to 255
   */
  record UnsupportedVersion(int level) implements Decoded {}

  /** A well-formed packet; see {@link MqttPacket}. */
  sealed interface Packet extends Decoded permits MqttPacket {}
}
