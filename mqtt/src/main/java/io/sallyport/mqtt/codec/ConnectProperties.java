package io.sallyport.mqtt.codec;

import io.sallyport.mqtt.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Properties of CONNECT, MQTT 5 §3.1.2.11. An absent property has the value that the standard gives
 * it.
 *
 * @param sessionExpirySeconds 0 to {@link #NEVER_EXPIRES}
 * @param receiveMax 1 to 65,535
 * @param packetBytesMax 1 to {@link #PACKET_BYTES_UNLIMITED}
 * @param topicAliasMax 0 to 65,535
 */
public record ConnectProperties(
    long sessionExpirySeconds,
    int receiveMax,
    int packetBytesMax,
    int topicAliasMax,
    boolean requestResponseInformation,
    boolean requestProblemInformation,
    List<UserProperty> userProperties,
    @Nullable Authentication authentication) {
  public static final long NEVER_EXPIRES = 0xFFFF_FFFFL;

  /** No packet can be larger: the fixed header and the largest remaining length. */
  public static final int PACKET_BYTES_UNLIMITED = 5 + 268_435_455;

  public static final int RECEIVE_MAX_UNLIMITED = 65_535;

  public static final ConnectProperties NONE =
      new ConnectProperties(
          0, RECEIVE_MAX_UNLIMITED, PACKET_BYTES_UNLIMITED, 0, false, true, List.of(), null);

  public ConnectProperties {
    userProperties = List.copyOf(userProperties);
  }
}
