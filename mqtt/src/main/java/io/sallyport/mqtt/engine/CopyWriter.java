package io.sallyport.mqtt.engine;

import io.netty.buffer.ByteBuf;
import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.codec.ConnectProperties;
import io.sallyport.mqtt.codec.CopyProperties;
import io.sallyport.mqtt.codec.EncodedMessage;
import io.sallyport.mqtt.codec.PacketEncoder;
import org.jspecify.annotations.Nullable;

/**
 * PUBLISH to a client of version 5: the rest of the message's life, subscription identifiers, topic
 * alias, the response topic in the client's form, all within its maximum packet size. Belongs to
 * the connection's loop.
 */
final class CopyWriter {
  /** A shorter topic is not worth the three bytes of an alias. */
  private static final int ALIASED_TOPIC_BYTES_MIN = 4;

  private final EngineContext engine;
  private final ClientBinding binding;
  private final int packetBytesMax;
  private final @Nullable OutboundAliases aliases;

  /**
   * @param topicAliasMax that the client takes
   */
  CopyWriter(EngineContext engine, ClientBinding binding, int packetBytesMax, int topicAliasMax) {
    this.engine = engine;
    this.binding = binding;
    this.packetBytesMax = packetBytesMax;
    MqttConfig.Aliases limits = engine.config().aliases();
    int max = Math.min(topicAliasMax, limits.outboundMax());
    this.aliases =
        max == 0
            ? null
            : new OutboundAliases(max, engine.metrics().aliasBytes(), limits.bytesMax());
  }

  int packetBytesMax() {
    return packetBytesMax;
  }

  /** Whether the client takes a packet of this size [v5:MQTT-3.1.2-24]. */
  boolean fits(Outgoing message) {
    if (packetBytesMax >= ConnectProperties.PACKET_BYTES_UNLIMITED) {
      return true;
    }
    int alias = aliases == null ? 0 : aliases.find(message.message().topic());
    return PacketEncoder.publishBytes(
            encoded(message), copy(message, alias, alias != 0), message.qos())
        <= packetBytesMax;
  }

  void write(ByteBuf out, Outgoing message, boolean duplicate, int packetId) {
    EncodedMessage encoded = encoded(message);
    CopyProperties copy = aliased(message, encoded);
    PacketEncoder.publish(out, encoded, copy, message.qos(), message.retain(), duplicate, packetId);
  }

  /** The connection has ended. */
  void forget() {
    if (aliases != null) {
      aliases.forget();
    }
  }

  private CopyProperties aliased(Outgoing message, EncodedMessage encoded) {
    if (aliases == null || encoded.topicBytes() < ALIASED_TOPIC_BYTES_MIN) {
      return copy(message, 0, false);
    }
    String topic = message.message().topic();
    int known = aliases.find(topic);
    if (known != 0) {
      return copy(message, known, true);
    }
    CopyProperties naming = copy(message, 1, false);
    boolean roomToName =
        PacketEncoder.publishBytes(encoded, naming, message.qos()) <= packetBytesMax;
    return copy(message, roomToName ? aliases.assign(topic) : 0, false);
  }

  private CopyProperties copy(Outgoing message, int alias, boolean topicOmitted) {
    long expirySeconds = expirySeconds(message.message());
    if (alias == 0 && expirySeconds == MessageProperties.NO_EXPIRY && message.ids().size() == 0) {
      return CopyProperties.NONE;
    }
    return new CopyProperties(expirySeconds, message.ids(), alias, topicOmitted);
  }

  /** What is left, begun seconds counted whole [v5:MQTT-3.3.2-6]; a started flow goes on at 0. */
  private long expirySeconds(Message message) {
    if (message.expiresAtMillis() == 0) {
      return MessageProperties.NO_EXPIRY;
    }
    long millis = message.expiresAtMillis() - engine.clock().millis();
    return Math.clamp((millis + 999) / 1_000, 0, 0xFFFF_FFFFL);
  }

  private EncodedMessage encoded(Outgoing message) {
    String responseTopic = message.message().properties().responseTopic();
    if (responseTopic == null) {
      return message.encoded();
    }
    String outward = engine.outwardResponseTopic(binding, responseTopic, message.message());
    return responseTopic.equals(outward)
        ? message.encoded()
        : EncodedMessage.of(message.message(), outward);
  }
}
