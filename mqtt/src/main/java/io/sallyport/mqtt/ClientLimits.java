package io.sallyport.mqtt;

import java.time.Duration;

/**
 * What one client may use after its login.
 *
 * @param packetBytesMax largest packet from the client; beyond it the connection closes with {@link
 *     CloseReason#PACKET_TOO_LARGE}
 * @param payloadBytesMax largest PUBLISH payload, likewise
 * @param inFlightMax unacknowledged QoS 1 and 2 messages to the client at one time
 * @param receiveMax unacknowledged QoS 1 and 2 messages from the client; at this number reading
 *     pauses
 * @param queuedMessagesMax messages waiting for window or connection
 * @param queuedBytesMax their payload bytes
 * @param overflow what gives way when the queue is full
 * @param subscriptionsMax filters a session may hold; one more closes with {@link
 *     CloseReason#TOO_MANY_SUBSCRIPTIONS}
 * @param sessionExpiry how long a session with clean session 0 outlives its connection
 */
public record ClientLimits(
    int packetBytesMax,
    int payloadBytesMax,
    int inFlightMax,
    int receiveMax,
    int queuedMessagesMax,
    long queuedBytesMax,
    Overflow overflow,
    int subscriptionsMax,
    Duration sessionExpiry) {
  /** Which message a full queue loses. */
  public enum Overflow {
    DROP_NEWEST,
    DROP_OLDEST,
    DISCONNECT
  }

  public static final ClientLimits DEFAULT =
      new ClientLimits(
          256 * 1024,
          256 * 1024,
          32,
          100,
          1_000,
          4L << 20,
          Overflow.DROP_NEWEST,
          100,
          Duration.ofDays(2));
}
