package io.sallyport.plain;

import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.ClientLimits.Overflow;
import java.time.Duration;

/** What the engine lets one client of a plain space use. */
public final class PlainClientLimits {
  private static final int PAYLOAD_BYTES_MAX = 1 << 20;

  /** The payload, the longest topic, and what MQTT puts around them. */
  private static final int PACKET_BYTES_MAX = PAYLOAD_BYTES_MAX + 66 * 1024;

  private static final int SUBSCRIPTIONS_MAX = 1_000;

  private PlainClientLimits() {}

  /**
   * @param inFlight unacknowledged messages to a client, and from it
   */
  public static ClientLimits of(
      int inFlight, int queuedMessages, long queuedBytes, Duration sessionExpiry) {
    return new ClientLimits(
        PACKET_BYTES_MAX,
        PAYLOAD_BYTES_MAX,
        inFlight,
        inFlight,
        queuedMessages,
        queuedBytes,
        Overflow.DROP_NEWEST,
        SUBSCRIPTIONS_MAX,
        sessionExpiry);
  }
}
