package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.codec.SubscriptionIds;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to one session; its place in the inbox, the queue and the in-flight window
 * in turn. Belongs to the session's event loop once it is in the inbox.
 */
final class Outgoing {
  /**
   * What receivers of a message share: the topic is encoded once. Those without subscription
   * identifiers and group, so all of 3.x, share one parcel.
   *
   * @param group whose message it is, if of a shared subscription
   * @param bytes what it counts for where messages wait
   */
  record Parcel(
      Message message,
      EncodedTopic topic,
      SubscriptionIds ids,
      @Nullable ShareGroup<Session> group,
      int bytes) {
    static Parcel of(Message message) {
      byte[] topic = message.topic().getBytes(StandardCharsets.UTF_8);
      int bytes = topic.length + message.payload().length + message.properties().bytes();
      return new Parcel(message, new EncodedTopic(topic), SubscriptionIds.NONE, null, bytes);
    }

    Parcel withIds(SubscriptionIds others) {
      return others.size() == 0 && ids.size() == 0
          ? this
          : new Parcel(message, topic, others, group, bytes);
    }

    Parcel sharedBy(ShareGroup<Session> sharing) {
      return new Parcel(message, topic, ids, sharing, bytes);
    }
  }

  /** UTF-8; read only. */
  static final class EncodedTopic {
    private final byte[] bytes;

    EncodedTopic(byte[] bytes) {
      this.bytes = bytes;
    }

    byte[] bytes() {
      return bytes;
    }
  }

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

  Outgoing(Parcel parcel, Qos qos, boolean retain, Delivery delivery) {
    this.parcel = parcel;
    this.qos = qos;
    this.retain = retain;
    this.delivery = delivery;
  }

  Message message() {
    return parcel.message();
  }

  byte[] topic() {
    return parcel.topic().bytes();
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
