package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.codec.EncodedMessage;
import io.sallyport.mqtt.codec.SubscriptionIds;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to one session; its place in the inbox, the queue and the in-flight window
 * in turn. Belongs to the session's event loop once it is in the inbox.
 */
final class Outgoing {
  /**
   * What receivers of a message share, encoded once. Those without subscription identifiers and
   * group, so all of 3.x, share one parcel.
   *
   * @param group whose message it is, if of a shared subscription
   * @param bytes what it counts for where messages wait
   */
  record Parcel(
      Message message,
      EncodedMessage encoded,
      SubscriptionIds ids,
      @Nullable ShareGroup<Session> group,
      int bytes) {
    static Parcel of(Message message) {
      EncodedMessage encoded = EncodedMessage.of(message);
      return new Parcel(message, encoded, SubscriptionIds.NONE, null, encoded.bytes());
    }

    Parcel withIds(SubscriptionIds others) {
      return others.size() == 0 && ids.size() == 0
          ? this
          : new Parcel(message, encoded, others, group, bytes);
    }

    Parcel sharedBy(ShareGroup<Session> sharing) {
      return new Parcel(message, encoded, ids, sharing, bytes);
    }
  }

  private static final long NO_ROW = -1;

  /** Where an in-flight message stands. */
  enum Phase {
    WAITING,
    /** PUBLISH sent; PUBACK or PUBREC awaited. */
    PUBLISHED,
    /** PUBREC received, PUBREL sent; PUBCOMP awaited. */
    RELEASED
  }

  private final Parcel parcel;
  private final Qos qos;
  private final boolean retain;
  private final Delivery delivery;

  /** Counts of the inbox from here down, so that it can be bounded without a shared counter. */
  int inboxMessages;

  long inboxBytes;
  @Nullable Outgoing next;

  long sequence;
  Phase phase = Phase.WAITING;

  /** Set for a row of the session store: the row before it, and what it counts for. */
  private long previousRow = NO_ROW;

  private int rowBytes;

  /** Whether the store knows that PUBREC has come; PUBREL goes out only then. */
  boolean releaseStored = true;

  /** In the window since an earlier connection, and not yet sent again on this one. */
  boolean awaitsResend;

  Outgoing(Parcel parcel, Qos qos, boolean retain, Delivery delivery) {
    this.parcel = parcel;
    this.qos = qos;
    this.retain = retain;
    this.delivery = delivery;
  }

  /**
   * It is stored, and keeps this sequence.
   *
   * @param previous the sequence of the session's row before it, or less
   */
  void becomeRow(long rowSequence, long previous, int storedBytes) {
    sequence = rowSequence;
    previousRow = previous;
    rowBytes = storedBytes;
  }

  boolean isRow() {
    return previousRow != NO_ROW;
  }

  long previousRow() {
    return previousRow;
  }

  int rowBytes() {
    return rowBytes;
  }

  /** Its content is stored no more. */
  void releaseRow() {
    rowBytes = 0;
  }

  Message message() {
    return parcel.message();
  }

  EncodedMessage encoded() {
    return parcel.encoded();
  }

  /** Identifiers of the subscriptions that it answers. */
  SubscriptionIds ids() {
    return parcel.ids();
  }

  /** The shared subscription that it was chosen for, if any. */
  @Nullable ShareGroup<Session> group() {
    return parcel.group();
  }

  Qos qos() {
    return qos;
  }

  boolean retain() {
    return retain;
  }

  Delivery delivery() {
    return delivery;
  }

  int bytes() {
    return parcel.bytes();
  }

  int packetId() {
    return InFlightWindow.packetId(sequence);
  }
}
