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
 * @param queuedBytesMax their bytes; as many may be in flight, and one message more
 * @param overflow what gives way when the queue is full
 * @param subscriptionsMax filters a session may hold; one more closes with {@link
 *     CloseReason#TOO_MANY_SUBSCRIPTIONS}
 * @param sessionExpiry how long a session with clean session 0 outlives its connection; in 5 the
 *     most that a client may ask for
 * @param offer what only version 5 can be told
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
    Duration sessionExpiry,
    Offer offer) {
  /** Which message a full queue loses. */
  public enum Overflow {
    DROP_NEWEST,
    DROP_OLDEST,
    DISCONNECT
  }

  /**
   * What CONNACK of version 5 says beside the limits that hold in every version.
   *
   * @param topicAliasMax aliases that the client may use, 0 to 65,535
   * @param keepAliveSecondsMax the server's keep alive for clients that ask for a longer one, or
   *     for none; 0 leaves the client's. 3.x keeps its own value
   * @param qosMax of messages from the client
   * @param retainAvailable whether the client may publish retained messages
   * @param wildcardsAvailable only told; the binding refuses
   * @param sharedAvailable only told; the binding refuses
   */
  public record Offer(
      int topicAliasMax,
      int keepAliveSecondsMax,
      Qos qosMax,
      boolean retainAvailable,
      boolean wildcardsAvailable,
      boolean sharedAvailable) {
    public static final Offer DEFAULT = new Offer(16, 1_200, Qos.EXACTLY_ONCE, true, true, true);

    public Offer {
      if (topicAliasMax < 0 || topicAliasMax > 65_535) {
        throw new IllegalArgumentException("topicAliasMax outside 0..65535: " + topicAliasMax);
      }
      if (keepAliveSecondsMax < 0 || keepAliveSecondsMax > 65_535) {
        throw new IllegalArgumentException(
            "keepAliveSecondsMax outside 0..65535: " + keepAliveSecondsMax);
      }
    }
  }

  /** With what version 5 is offered by default. */
  public ClientLimits(
      int packetBytesMax,
      int payloadBytesMax,
      int inFlightMax,
      int receiveMax,
      int queuedMessagesMax,
      long queuedBytesMax,
      Overflow overflow,
      int subscriptionsMax,
      Duration sessionExpiry) {
    this(
        packetBytesMax,
        payloadBytesMax,
        inFlightMax,
        receiveMax,
        queuedMessagesMax,
        queuedBytesMax,
        overflow,
        subscriptionsMax,
        sessionExpiry,
        Offer.DEFAULT);
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
          Duration.ofDays(7));

  /** With other bounds on what waits. */
  public ClientLimits withQueue(int messagesMax, long bytesMax, Overflow gives) {
    return new ClientLimits(
        packetBytesMax,
        payloadBytesMax,
        inFlightMax,
        receiveMax,
        messagesMax,
        bytesMax,
        gives,
        subscriptionsMax,
        sessionExpiry,
        offer);
  }

  public ClientLimits withOffer(Offer other) {
    return new ClientLimits(
        packetBytesMax,
        payloadBytesMax,
        inFlightMax,
        receiveMax,
        queuedMessagesMax,
        queuedBytesMax,
        overflow,
        subscriptionsMax,
        sessionExpiry,
        other);
  }
}
