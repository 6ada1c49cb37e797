package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.codec.MqttPacket.RetainHandling;

/**
 * What a client asks for beside the filter, MQTT 5 §3.8.3.1 and §3.8.2.1.2; 3.x has the QoS only.
 *
 * @param identifier 1 to 268,435,455, or 0 for none
 */
record SubscriptionOptions(
    Qos qos,
    boolean noLocal,
    boolean retainAsPublished,
    RetainHandling retainHandling,
    int identifier) {
  static SubscriptionOptions of(MqttPacket.Filter filter, int identifier) {
    return new SubscriptionOptions(
        filter.qos(),
        filter.noLocal(),
        filter.retainAsPublished(),
        filter.retainHandling(),
        identifier);
  }

  /** [v5:MQTT-3.3.1-9 to -11]. */
  boolean wantsRetained(boolean newSubscription) {
    return switch (retainHandling) {
      case SEND -> true;
      case SEND_IF_NEW -> newSubscription;
      case DO_NOT_SEND -> false;
    };
  }
}
