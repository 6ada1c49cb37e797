package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Properties of PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK, MQTT 5 §3.4.2.2. */
public record AckProperties(@Nullable String reasonString, List<UserProperty> userProperties) {
  public static final AckProperties NONE = new AckProperties(null, List.of());

  public AckProperties {
    userProperties = List.copyOf(userProperties);
  }

  /** With a text for people who look for a fault. */
  public static AckProperties of(String reasonString) {
    return new AckProperties(reasonString, List.of());
  }
}
