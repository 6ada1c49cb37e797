package io.sallyport.mqtt.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sallyport.mqtt.Qos;
import java.util.Arrays;

/**
 * A message as it is stored: retained, as a will, or waiting for sessions. Immutable; the arrays
 * are shared and must not be changed. One object put into a batch for several sessions is stored
 * once where that saves space.
 */
public final class StoredMessage {
  private static final byte[] NOTHING = new byte[0];

  private final String topic;
  private final byte[] payload;
  private final byte[] properties;
  private final Qos qos;
  private final boolean retain;
  private final long expiresAtMillis;
  private final String author;
  private final String tag;
  private final int bytes;

  /**
   * @param topic as the scope's subscribers see it
   * @param payload taken over, not copied
   * @param properties what a publisher of version 5 said about it, in the wire's own form without
   *     the length and without expiry and alias; taken over, empty for none
   * @param qos as published
   * @param expiresAtMillis ms since 1970; 0 never
   * @param author who published it, as the contract names its credentials; empty for nobody
   * @param tag the contract's note, given back to it; empty for none
   */
  public StoredMessage(
      String topic,
      byte[] payload,
      byte[] properties,
      Qos qos,
      boolean retain,
      long expiresAtMillis,
      String author,
      String tag) {
    if (expiresAtMillis < 0) {
      throw new IllegalArgumentException("a message's expiry is negative");
    }
    this.topic = topic;
    this.payload = payload;
    this.properties = properties;
    this.qos = qos;
    this.retain = retain;
    this.expiresAtMillis = expiresAtMillis;
    this.author = author;
    this.tag = tag;
    this.bytes =
        topic.getBytes(UTF_8).length
            + payload.length
            + properties.length
            + author.getBytes(UTF_8).length
            + tag.getBytes(UTF_8).length;
  }

  /** A message of 3.x that never expires. */
  public static StoredMessage of(String topic, byte[] payload, Qos qos) {
    return new StoredMessage(topic, payload, NOTHING, qos, false, 0, "", "");
  }

  public String topic() {
    return topic;
  }

  /** The bytes themselves: read only. */
  public byte[] payload() {
    return payload;
  }

  /** The bytes themselves: read only. */
  public byte[] properties() {
    return properties;
  }

  public Qos qos() {
    return qos;
  }

  public boolean retain() {
    return retain;
  }

  public long expiresAtMillis() {
    return expiresAtMillis;
  }

  public boolean expiredAt(long nowMillis) {
    return expiresAtMillis != 0 && expiresAtMillis <= nowMillis;
  }

  public String author() {
    return author;
  }

  public String tag() {
    return tag;
  }

  /** What its texts and data take, for those who count what waits. */
  public int bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredMessage that
        && topic.equals(that.topic)
        && Arrays.equals(payload, that.payload)
        && Arrays.equals(properties, that.properties)
        && qos == that.qos
        && retain == that.retain
        && expiresAtMillis == that.expiresAtMillis
        && author.equals(that.author)
        && tag.equals(that.tag);
  }

  @Override
  public int hashCode() {
    return 31 * topic.hashCode() + Arrays.hashCode(payload);
  }

  @Override
  public String toString() {
    return "StoredMessage[" + topic + ", " + qos + ", " + payload.length + " bytes]";
  }
}
