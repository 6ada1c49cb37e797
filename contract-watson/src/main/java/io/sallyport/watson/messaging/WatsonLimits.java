package io.sallyport.watson.messaging;

import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.ClientLimits.Overflow;
import java.time.Duration;

/**
 * What each kind of client may use (watson-iot.md section 4). Payload size, number of
 * subscriptions, and which message a full queue loses are the contract's; windows and queues are at
 * least the contract's quotas.
 */
public record WatsonLimits(ClientLimits device, ClientLimits gateway, ClientLimits application) {
  /** Largest payload of an event or command; more closes the connection with code 287. */
  public static final int PAYLOAD_BYTES_MAX = 131_072;

  /** The payload, the longest topic, and what MQTT puts around them. */
  private static final int PACKET_BYTES_MAX = PAYLOAD_BYTES_MAX + 66 * 1024;

  private static final Duration SESSION_EXPIRY = Duration.ofDays(2);

  /** Version 5 is told what this contract never grants: shared subscriptions. */
  static final ClientLimits.Offer VERSION_5_OFFER =
      new ClientLimits.Offer(
          ClientLimits.Offer.DEFAULT.topicAliasMax(),
          ClientLimits.Offer.DEFAULT.keepAliveSecondsMax(),
          ClientLimits.Offer.DEFAULT.qosMax(),
          ClientLimits.Offer.DEFAULT.retainAvailable(),
          ClientLimits.Offer.DEFAULT.wildcardsAvailable(),
          false);

  public static final WatsonLimits DEFAULT =
      new WatsonLimits(
          limits(100, 100, 5_000, 8L << 20, 50),
          // The subscriptions of a gateway are not documented: it speaks for many devices.
          limits(100, 1_000, 5_000, 32L << 20, 500),
          limits(2_000, 2_000, 5_000, 64L << 20, 500));

  private static ClientLimits limits(
      int inFlightMax, int receiveMax, int queuedMax, long queuedBytesMax, int subscriptionsMax) {
    return new ClientLimits(
        PACKET_BYTES_MAX,
        PAYLOAD_BYTES_MAX,
        inFlightMax,
        receiveMax,
        queuedMax,
        queuedBytesMax,
        Overflow.DROP_OLDEST,
        subscriptionsMax,
        SESSION_EXPIRY);
  }
}
