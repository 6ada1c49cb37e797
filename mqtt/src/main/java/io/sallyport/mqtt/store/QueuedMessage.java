package io.sallyport.mqtt.store;

import io.sallyport.mqtt.Qos;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message that waits for a session or is on its way to it.
 *
 * @param sequence its place in the session's queue, from 1, rising
 * @param qos as it is delivered: 1 or 2
 * @param retain the retain flag as it is delivered
 * @param subscriptionIds Subscription Identifiers to be sent with it
 * @param message null once it is {@link Phase#RELEASED}: the receiver has it
 */
public record QueuedMessage(
    SessionRef session,
    long sequence,
    Phase phase,
    Qos qos,
    boolean retain,
    List<Integer> subscriptionIds,
    @Nullable StoredMessage message) {
  /** Packet ids that there are; 0 is none (MQTT 3.1.1 §2.3.1). */
  private static final int PACKET_IDS = 65_535;

  /** How far its delivery is. */
  public enum Phase {
    /** Not sent, as far as is known. */
    QUEUED,
    /** Sent before: goes out again with DUP (MQTT-3.3.1-1). */
    SENT,
    /** PUBREC has come: PUBREL goes out again until PUBCOMP (MQTT 3.1.1 §4.3.3). */
    RELEASED
  }

  public QueuedMessage {
    subscriptionIds = List.copyOf(subscriptionIds);
    if (sequence <= 0
        || qos == Qos.AT_MOST_ONCE
        || subscriptionIds.size() > 255
        || (message == null) != (phase == Phase.RELEASED)) {
      throw new IllegalArgumentException("a queued message makes no sense");
    }
  }

  /** A message that begins to wait. */
  public static QueuedMessage waiting(
      SessionRef session,
      long sequence,
      Qos qos,
      boolean retain,
      List<Integer> subscriptionIds,
      StoredMessage message) {
    return new QueuedMessage(
        session, sequence, Phase.QUEUED, qos, retain, subscriptionIds, message);
  }

  /** The packet id that follows from the sequence, so that sending writes nothing. */
  public int packetId() {
    return packetId(sequence);
  }

  /** The packet id of the message with this sequence: 1 to 65,535, again and again. */
  public static int packetId(long sequence) {
    return (int) ((sequence - 1) % PACKET_IDS) + 1;
  }
}
