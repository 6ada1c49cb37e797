package io.sallyport.mqtt;

/** A PUBLISH from a client. The payload array belongs to the receiver. */
public final class InboundPublish {
  private final String topic;
  private final byte[] payload;
  private final Qos qos;
  private final boolean retain;
  private final boolean duplicate;
  private final MessageProperties properties;

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
    this.topic = topic;
    this.payload = payload;
    this.qos = qos;
    this.retain = retain;
    this.duplicate = duplicate;
    this.properties = properties;
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

  @Override
  public String toString() {
    return "InboundPublish[" + topic + ", " + qos + ", " + payload.length + " bytes]";
  }
}
