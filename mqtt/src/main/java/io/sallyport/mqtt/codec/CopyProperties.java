package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.MessageProperties;

/**
 * What one receiver's copy of a message has of its own in version 5.
 *
 * @param expirySeconds what is left of the message's life [v5:MQTT-3.3.2-6], or {@link
 *     MessageProperties#NO_EXPIRY}
 * @param subscriptionIds of the receiver's matching subscriptions
 * @param topicAlias 1 to 65,535, or 0 for none
 * @param topicOmitted whether the alias alone names the topic
 */
public record CopyProperties(
    long expirySeconds, SubscriptionIds subscriptionIds, int topicAlias, boolean topicOmitted) {
  public static final CopyProperties NONE =
      new CopyProperties(MessageProperties.NO_EXPIRY, SubscriptionIds.NONE, 0, false);

  public CopyProperties {
    if (topicAlias < 0 || topicAlias > 65_535 || (topicOmitted && topicAlias == 0)) {
      throw new IllegalArgumentException("topic alias does not fit: " + topicAlias);
    }
  }

  int bytes() {
    int bytes = topicAlias == 0 ? 0 : 3;
    bytes += expirySeconds == MessageProperties.NO_EXPIRY ? 0 : 5;
    for (int i = 0; i < subscriptionIds.size(); i++) {
      bytes += 1 + VariableInteger.bytes(subscriptionIds.get(i));
    }
    return bytes;
  }
}
