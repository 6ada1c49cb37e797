package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.Message;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What all receivers of a message share, encoded once. Immutable; the arrays are read only. */
public final class EncodedMessage {
  private final byte[] topic;
  private final EncodedProperties properties;
  private final byte[] payload;

  EncodedMessage(byte[] topic, EncodedProperties properties, byte[] payload) {
    this.topic = topic;
    this.properties = properties;
    this.payload = payload;
  }

  /** The same with another response topic, for one receiver. */
  public static EncodedMessage of(Message message, @Nullable String responseTopic) {
    return new EncodedMessage(
        message.topic().getBytes(StandardCharsets.UTF_8),
        EncodedProperties.of(message.properties().withResponseTopic(responseTopic)),
        message.payload());
  }

  public static EncodedMessage of(Message message) {
    return new EncodedMessage(
        message.topic().getBytes(StandardCharsets.UTF_8),
        EncodedProperties.of(message.properties()),
        message.payload());
  }

  /** Of the topic, in UTF-8. */
  public int topicBytes() {
    return topic.length;
  }

  byte[] topic() {
    return topic;
  }

  EncodedProperties properties() {
    return properties;
  }

  byte[] payload() {
    return payload;
  }

  /** Topic, properties and payload: what a waiting message counts as. */
  public int bytes() {
    return topic.length + properties.length() + payload.length;
  }
}
