package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.Qos;
import java.util.Arrays;

/**
 * The body of PUBLISH, MQTT 3.1.1 and 5 §3.3. One per connection: devices mostly say the same topic
 * again, so the last one is compared by its bytes and its text reused.
 */
final class PublishDecoder {
  private static final byte[] NO_BYTES = {};

  private final CodecLimits limits;
  private byte[] lastTopicBytes = NO_BYTES;
  private String lastTopic = "";

  PublishDecoder(CodecLimits limits) {
    this.limits = limits;
  }

  static void requireFlags(int firstByte) throws MalformedPacketException {
    int qos = (firstByte >> 1) & 3;
    if (qos == 3) { // [MQTT-3.3.1-4]
      throw new MalformedPacketException(MalformedCause.QOS);
    }
    if (qos == 0 && (firstByte & 8) != 0) { // [MQTT-3.3.1-2]
      throw new MalformedPacketException(MalformedCause.DUPLICATE_FLAG);
    }
  }

  MqttPacket decode(MqttVersion version, int firstByte, FieldReader in, int payloadBytesMax)
      throws MalformedPacketException {
    Qos qos = Qos.of((firstByte >> 1) & 3);
    in.loadText(limits.topicBytesMax());
    boolean unnamed = in.loadedLength() == 0 && version == MqttVersion.V5;
    String topic = unnamed ? "" : topic(in);
    int packetId = qos == Qos.AT_MOST_ONCE ? 0 : in.packetId(); // [MQTT-2.3.1-5]
    MessageProperties properties = MessageProperties.NONE;
    int topicAlias = 0;
    if (version == MqttVersion.V5 && in.properties().read(Property.in(PacketType.PUBLISH))) {
      properties = in.properties().messageProperties();
      topicAlias = in.properties().topicAlias();
    }
    if (unnamed && topicAlias == 0) { // MQTT 5 §3.3.2.1
      throw new MalformedPacketException(MalformedCause.TOPIC_EMPTY);
    }
    int payloadBytes = in.remaining();
    if (payloadBytes > payloadBytesMax) {
      throw new MalformedPacketException(MalformedCause.PAYLOAD_TOO_LARGE);
    }
    return new MqttPacket.Publish(
        topic,
        in.bytes(payloadBytes),
        qos,
        (firstByte & 1) != 0,
        (firstByte & 8) != 0,
        packetId,
        properties,
        topicAlias,
        SubscriptionIds.NONE);
  }

  private String topic(FieldReader in) throws MalformedPacketException {
    int length = in.loadedLength();
    if (length > 0
        && Arrays.equals(lastTopicBytes, 0, lastTopicBytes.length, in.loaded(), 0, length)) {
      return lastTopic;
    }
    String topic = in.loadedText();
    TopicSyntax.requireName(topic, limits);
    lastTopicBytes = Arrays.copyOf(in.loaded(), length);
    lastTopic = topic;
    return topic;
  }
}
