package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Properties of DISCONNECT, MQTT 5 §3.14.2.2.
 *
 * @param sessionExpirySeconds {@link #UNCHANGED} when absent; never from the server
 *     [v5:MQTT-3.14.2-2]
 */
public record DisconnectProperties(
    long sessionExpirySeconds,
    @Nullable String reasonString,
    @Nullable String serverReference,
    List<UserProperty> userProperties) {
  public static final long UNCHANGED = -1;

  public static final DisconnectProperties NONE =
      new DisconnectProperties(UNCHANGED, null, null, List.of());

  public DisconnectProperties {
    userProperties = List.copyOf(userProperties);
  }

  DisconnectProperties withoutDiagnostics() {
    return new DisconnectProperties(sessionExpirySeconds, null, serverReference, List.of());
  }
}
