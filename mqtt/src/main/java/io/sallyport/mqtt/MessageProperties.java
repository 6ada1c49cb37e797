package io.sallyport.mqtt;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher of version 5 says about a message, to be passed on to each receiver unaltered
 * [v5:MQTT-3.3.2-4, -15 to -18, -20]. Immutable; messages of 3.x all share {@link #NONE}.
 */
public final class MessageProperties {
  /** Payload format indicator. */
  public enum PayloadFormat {
    /** Nothing was said: any bytes. */
    UNSPECIFIED,
    /** Said to be any bytes. */
    BYTES,
    /** Said to be UTF-8; whether it is, nobody has looked yet. */
    UTF_8
  }

  /** In place of {@link #expirySeconds}: the message does not expire. */
  public static final long NO_EXPIRY = -1;

  public static final MessageProperties NONE =
      new MessageProperties(PayloadFormat.UNSPECIFIED, NO_EXPIRY, null, null, null, List.of());

  private final PayloadFormat payloadFormat;
  private final long expirySeconds;
  private final @Nullable String contentType;
  private final @Nullable String responseTopic;
  private final byte @Nullable [] correlationData;
  private final List<UserProperty> userProperties;

  /**
   * @param expirySeconds 0 to 4,294,967,295 or {@link #NO_EXPIRY}
   * @param responseTopic without wildcards
   * @param correlationData taken over, not copied
   * @param userProperties in order, repeated names kept
   */
  public MessageProperties(
      PayloadFormat payloadFormat,
      long expirySeconds,
      @Nullable String contentType,
      @Nullable String responseTopic,
      byte @Nullable [] correlationData,
      List<UserProperty> userProperties) {
    if (expirySeconds < NO_EXPIRY || expirySeconds > 0xFFFF_FFFFL) {
      throw new IllegalArgumentException("expirySeconds outside 0..4294967295: " + expirySeconds);
    }
    this.payloadFormat = payloadFormat;
    this.expirySeconds = expirySeconds;
    this.contentType = contentType;
    this.responseTopic = responseTopic;
    this.correlationData = correlationData;
    this.userProperties = List.copyOf(userProperties);
  }

  public PayloadFormat payloadFormat() {
    return payloadFormat;
  }

  public boolean expires() {
    return expirySeconds != NO_EXPIRY;
  }

  /** From reception on, as the publisher sent it; {@link #NO_EXPIRY} when it does not expire. */
  public long expirySeconds() {
    return expirySeconds;
  }

  public @Nullable String contentType() {
    return contentType;
  }

  public @Nullable String responseTopic() {
    return responseTopic;
  }

  /** The bytes themselves: read only. */
  public byte @Nullable [] correlationData() {
    return correlationData;
  }

  public List<UserProperty> userProperties() {
    return userProperties;
  }

  /** The same with another response topic: a contract maps it to its readers' form. */
  public MessageProperties withResponseTopic(@Nullable String topic) {
    return new MessageProperties(
        payloadFormat, expirySeconds, contentType, topic, correlationData, userProperties);
  }

  /** What texts and data take in UTF-8, for those who count bytes of waiting messages. */
  public int bytes() {
    int bytes = utf8Bytes(contentType) + utf8Bytes(responseTopic);
    bytes += correlationData == null ? 0 : correlationData.length;
    for (UserProperty property : userProperties) {
      bytes += utf8Bytes(property.name()) + utf8Bytes(property.value());
    }
    return bytes;
  }

  private static int utf8Bytes(@Nullable String text) {
    return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof MessageProperties that
            && payloadFormat == that.payloadFormat
            && expirySeconds == that.expirySeconds
            && Objects.equals(contentType, that.contentType)
            && Objects.equals(responseTopic, that.responseTopic)
            && Arrays.equals(correlationData, that.correlationData)
            && userProperties.equals(that.userProperties));
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        payloadFormat,
        expirySeconds,
        contentType,
        responseTopic,
        Arrays.hashCode(correlationData),
        userProperties);
  }

  @Override
  public String toString() {
    return "MessageProperties[" + bytes() + " bytes]";
  }
}
