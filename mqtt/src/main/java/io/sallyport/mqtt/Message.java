package io.sallyport.mqtt;

import org.jspecify.annotations.Nullable;

/**
 * An application message on its way to clients. The payload array is shared and must not be
 * changed.
 */
public final class Message {
  private final String topic;
  private final byte[] payload;
  private final Qos qos;
  private final boolean retained;
  private final @Nullable Object attachment;
  private final MessageProperties properties;
  private final long expiresAtMillis;

  /**
   * An attachment that is stored with the message; others are lost when it is stored, and {@link
   * ClientBinding#mayDeliver} must do without.
   */
  public interface Note {
    /** What {@link ClientGate#note} makes the same note from; short. */
    String tag();
  }

  /**
   * A message without properties.
   *
   * @param topic as the scope's subscribers see it, without wildcards
   * @param payload taken over, not copied
   * @param retained whether it is, or becomes, a retained message
   * @param attachment the contract's own note, given back to {@link ClientBinding#mayDeliver}
   */
  public Message(
      String topic, byte[] payload, Qos qos, boolean retained, @Nullable Object attachment) {
    this(topic, payload, qos, retained, attachment, MessageProperties.NONE);
  }

  /**
   * @param topic as the scope's subscribers see it, without wildcards
   * @param payload taken over, not copied
   * @param retained whether it is, or becomes, a retained message
   * @param attachment the contract's own note, given back to {@link ClientBinding#mayDeliver}
   * @param properties for receivers of version 5; the others do not see them
   */
  public Message(
      String topic,
      byte[] payload,
      Qos qos,
      boolean retained,
      @Nullable Object attachment,
      MessageProperties properties) {
    this(topic, payload, qos, retained, attachment, properties, 0);
  }

  private Message(
      String topic,
      byte[] payload,
      Qos qos,
      boolean retained,
      @Nullable Object attachment,
      MessageProperties properties,
      long expiresAtMillis) {
    this.topic = topic;
    this.payload = payload;
    this.qos = qos;
    this.retained = retained;
    this.attachment = attachment;
    this.properties = properties;
    this.expiresAtMillis = expiresAtMillis;
  }

  public static Message of(String topic, byte[] payload, Qos qos) {
    return new Message(topic, payload, qos, false, null);
  }

  /**
   * The same message with a time after which nobody gets it any more [v5:MQTT-3.3.2-5].
   *
   * @param millis since 1970; 0: it does not expire
   */
  public Message expiringAt(long millis) {
    return new Message(topic, payload, qos, retained, attachment, properties, millis);
  }

  public String topic() {
    return topic;
  }

  /** The bytes themselves: read only. */
  public byte[] payload() {
    return payload;
  }

  public Qos qos() {
    return qos;
  }

  public boolean retained() {
    return retained;
  }

  public @Nullable Object attachment() {
    return attachment;
  }

  public MessageProperties properties() {
    return properties;
  }

  /** Milliseconds since 1970; 0 when it does not expire. */
  public long expiresAtMillis() {
    return expiresAtMillis;
  }

  public boolean isExpired(long nowMillis) {
    return expiresAtMillis != 0 && expiresAtMillis <= nowMillis;
  }

  @Override
  public String toString() {
    return "Message[" + topic + ", " + qos + ", " + payload.length + " bytes]";
  }
}
