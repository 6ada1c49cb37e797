package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Properties of AUTH, MQTT 5 §3.15.2.2. */
public record AuthProperties(
    Authentication authentication,
    @Nullable String reasonString,
    List<UserProperty> userProperties) {
  public AuthProperties {
    userProperties = List.copyOf(userProperties);
  }

  AuthProperties withoutDiagnostics() {
    return new AuthProperties(authentication, null, List.of());
  }
}
