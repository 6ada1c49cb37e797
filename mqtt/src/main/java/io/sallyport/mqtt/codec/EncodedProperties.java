package io.sallyport.mqtt.codec;

import io.netty.buffer.ByteBuf;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MessageProperties.PayloadFormat;
import io.sallyport.mqtt.UserProperty;
import java.util.List;

/**
 * Properties as they stand on the wire, without the length in front, so that what many receivers
 * are sent is encoded once. Immutable.
 */
public final class EncodedProperties {
  public static final EncodedProperties NONE = new EncodedProperties(new byte[0]);

  private final byte[] bytes;

  EncodedProperties(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The bytes themselves: read only. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return bytes.length;
  }

  void writeTo(ByteBuf out) {
    out.writeBytes(bytes);
  }

  /** With the length in front. */
  int blockBytes() {
    return VariableInteger.bytes(bytes.length) + bytes.length;
  }

  void writeBlock(ByteBuf out) {
    VariableInteger.write(out, bytes.length);
    out.writeBytes(bytes);
  }

  /** All but the expiry, whose rest differs from receiver to receiver. */
  public static EncodedProperties of(MessageProperties properties) {
    return properties.equals(MessageProperties.NONE)
        ? NONE
        : write(new PropertyWriter(), properties).encoded();
  }

  private static PropertyWriter write(PropertyWriter out, MessageProperties properties) {
    if (properties.payloadFormat() != PayloadFormat.UNSPECIFIED) {
      out.oneByte(
          Property.PAYLOAD_FORMAT, properties.payloadFormat() == PayloadFormat.UTF_8 ? 1 : 0);
    }
    return out.text(Property.CONTENT_TYPE, properties.contentType())
        .text(Property.RESPONSE_TOPIC, properties.responseTopic())
        .binary(Property.CORRELATION_DATA, properties.correlationData())
        .user(properties.userProperties());
  }

  static EncodedProperties of(MqttPacket.Will will) {
    MessageProperties properties = will.message().properties();
    PropertyWriter out = new PropertyWriter();
    if (will.delaySeconds() != 0) {
      out.fourBytes(Property.WILL_DELAY, will.delaySeconds());
    }
    if (properties.expires()) {
      out.fourBytes(Property.MESSAGE_EXPIRY, properties.expirySeconds());
    }
    return write(out, properties).encoded();
  }

  static EncodedProperties of(ConnectProperties properties) {
    PropertyWriter out = new PropertyWriter();
    if (properties.sessionExpirySeconds() != 0) {
      out.fourBytes(Property.SESSION_EXPIRY, properties.sessionExpirySeconds());
    }
    writeLimits(
        out, properties.receiveMax(), properties.packetBytesMax(), properties.topicAliasMax());
    if (properties.requestResponseInformation()) {
      out.oneByte(Property.REQUEST_RESPONSE_INFORMATION, 1);
    }
    if (!properties.requestProblemInformation()) {
      out.oneByte(Property.REQUEST_PROBLEM_INFORMATION, 0);
    }
    return out.user(properties.userProperties())
        .authentication(properties.authentication())
        .encoded();
  }

  /** CONNACK is written once per connection. */
  public static EncodedProperties of(ConnAckProperties properties) {
    PropertyWriter out = new PropertyWriter();
    if (properties.sessionExpirySeconds() != ConnAckProperties.UNCHANGED) {
      out.fourBytes(Property.SESSION_EXPIRY, properties.sessionExpirySeconds());
    }
    writeLimits(
        out, properties.receiveMax(), properties.packetBytesMax(), properties.topicAliasMax());
    switch (properties.qosMax()) {
      case AT_MOST_ONCE, AT_LEAST_ONCE ->
          out.oneByte(Property.MAXIMUM_QOS, properties.qosMax().level());
      case EXACTLY_ONCE -> {} // MQTT 5 §3.2.2.3.4: absent.
    }
    writeMissing(out, Property.RETAIN_AVAILABLE, properties.retainAvailable());
    out.text(Property.ASSIGNED_CLIENT_ID, properties.assignedClientId())
        .text(Property.REASON_STRING, properties.reasonString())
        .user(properties.userProperties());
    writeMissing(
        out, Property.WILDCARD_SUBSCRIPTION_AVAILABLE, properties.wildcardSubscriptionsAvailable());
    writeMissing(
        out,
        Property.SUBSCRIPTION_IDENTIFIER_AVAILABLE,
        properties.subscriptionIdentifiersAvailable());
    writeMissing(
        out, Property.SHARED_SUBSCRIPTION_AVAILABLE, properties.sharedSubscriptionsAvailable());
    if (properties.serverKeepAliveSeconds() != ConnAckProperties.UNCHANGED) {
      out.twoBytes(Property.SERVER_KEEP_ALIVE, properties.serverKeepAliveSeconds());
    }
    return out.text(Property.RESPONSE_INFORMATION, properties.responseInformation())
        .text(Property.SERVER_REFERENCE, properties.serverReference())
        .authentication(properties.authentication())
        .encoded();
  }

  private static void writeLimits(
      PropertyWriter out, int receiveMax, int packetBytesMax, int topicAliasMax) {
    if (receiveMax != ConnectProperties.RECEIVE_MAX_UNLIMITED) {
      out.twoBytes(Property.RECEIVE_MAXIMUM, receiveMax);
    }
    if (packetBytesMax != ConnectProperties.PACKET_BYTES_UNLIMITED) {
      out.fourBytes(Property.MAXIMUM_PACKET_SIZE, packetBytesMax);
    }
    if (topicAliasMax != 0) {
      out.twoBytes(Property.TOPIC_ALIAS_MAXIMUM, topicAliasMax);
    }
  }

  private static void writeMissing(PropertyWriter out, Property property, boolean available) {
    if (!available) {
      out.oneByte(property, 0);
    }
  }

  public static EncodedProperties of(AckProperties properties) {
    return properties.equals(AckProperties.NONE)
        ? NONE
        : new PropertyWriter()
            .text(Property.REASON_STRING, properties.reasonString())
            .user(properties.userProperties())
            .encoded();
  }

  static EncodedProperties of(SubscribeProperties properties) {
    PropertyWriter out = new PropertyWriter();
    if (properties.identifier() != 0) {
      out.variable(Property.SUBSCRIPTION_IDENTIFIER, properties.identifier());
    }
    return out.user(properties.userProperties()).encoded();
  }

  static EncodedProperties of(List<UserProperty> userProperties) {
    return userProperties.isEmpty() ? NONE : new PropertyWriter().user(userProperties).encoded();
  }

  public static EncodedProperties of(DisconnectProperties properties) {
    PropertyWriter out = new PropertyWriter();
    if (properties.sessionExpirySeconds() != DisconnectProperties.UNCHANGED) {
      out.fourBytes(Property.SESSION_EXPIRY, properties.sessionExpirySeconds());
    }
    return out.text(Property.REASON_STRING, properties.reasonString())
        .text(Property.SERVER_REFERENCE, properties.serverReference())
        .user(properties.userProperties())
        .encoded();
  }

  static EncodedProperties of(AuthProperties properties) {
    return new PropertyWriter()
        .authentication(properties.authentication())
        .text(Property.REASON_STRING, properties.reasonString())
        .user(properties.userProperties())
        .encoded();
  }
}
