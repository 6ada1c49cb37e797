package io.sallyport.mqtt;

import org.jspecify.annotations.Nullable;

/** A PUBLISH from a client. The payload array belongs to the receiver. */
public final class InboundPublish {
  private final String topic;
  private final byte[] payload;
  private final Qos qos;
  private final boolean retain;
  private final boolean duplicate;
  private final MessageProperties properties;
  private final long expiresAtMillis;

  /** A PUBLISH without properties. */
  public InboundPublish(String topic, byte[] payload, Qos qos, boolean retain, boolean duplicate) {
    this(topic, payload, qos, retain, duplicate, MessageProperties.NONE);
  }

  public InboundPublish(
      String topic,
      byte[] payload,
      Qos qos,
      boolean retain,
      boolean duplicate,
      MessageProperties properties) {
    this(topic, payload, qos, retain, duplicate, properties, 0);
  }

  /**
   * @param expiresAtMillis since 1970; 0: it does not expire
   */
  public InboundPublish(
      String topic,
      byte[] payload,
      Qos qos,
      boolean retain,
      boolean duplicate,
      MessageProperties properties,
      long expiresAtMillis) {
    this.topic = topic;
    this.payload = payload;
    this.qos = qos;
    this.retain = retain;
    this.duplicate = duplicate;
    this.properties = properties;
    this.expiresAtMillis = expiresAtMillis;
  }

  public String topic() {
    return topic;
  }

  public byte[] payload() {
    return payload;
  }

  public Qos qos() {
    return qos;
  }

  public boolean retain() {
    return retain;
  }

  public boolean duplicate() {
    return duplicate;
  }

  public MessageProperties properties() {
    return properties;
  }

  /** When its time is over, counted from its arrival; 0 when it does not expire. */
  public long expiresAtMillis() {
    return expiresAtMillis;
  }

  /**
   * What subscribers get of it: all that the publisher said, to the same end of its life
   * [v5:MQTT-3.3.2-4, -15 to -18, -20].
   *
   * @param outwardTopic the topic as the scope's subscribers see it
   * @param attachment as of {@link Message}
   */
  public Message toMessage(String outwardTopic, @Nullable Object attachment) {
    Message message = new Message(outwardTopic, payload, qos, retain, attachment, properties);
    return expiresAtMillis == 0 ? message : message.expiringAt(expiresAtMillis);
  }

  @Override
  public String toString() {
    return "InboundPublish[" + topic + ", " + qos + ", " + payload.length + " bytes]";
  }
}
