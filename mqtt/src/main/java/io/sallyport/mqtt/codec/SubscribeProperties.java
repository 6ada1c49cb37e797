package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.UserProperty;
import java.util.List;

/**
 * Properties of SUBSCRIBE, MQTT 5 §3.8.2.1.
 *
 * @param identifier 1 to 268,435,455, or 0 when absent
 */
public record SubscribeProperties(int identifier, List<UserProperty> userProperties) {
  public static final SubscribeProperties NONE = new SubscribeProperties(0, List.of());

  public SubscribeProperties {
    userProperties = List.copyOf(userProperties);
  }
}
