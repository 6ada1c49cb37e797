package io.sallyport.store.rocksdb;

import io.sallyport.mqtt.ClientLimits.Overflow;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.store.ContentPlace;
import io.sallyport.mqtt.store.QueueLimits;
import io.sallyport.mqtt.store.SessionRecord;
import io.sallyport.mqtt.store.StoredSubscription;
import io.sallyport.mqtt.store.StoredWill;
import org.jspecify.annotations.Nullable;

/**
 * Session records and subscriptions as values.
 *
 * <p>Record: version 1 | flags 1 (1 connected, 2 will) | expiry s 8 | expires at 8 | alive at 8 |
 * queue: messages 4, bytes 8, overflow 1 | owner | client id | will: delay 8, due 8, expiry 8,
 * stored at 8, {@link MessageForm}.
 *
 * <p>Subscription: version 1 | flags 1 (QoS, 4 indexed, 8 no local, 16 retain as published, 32
 * shared) | retain handling 1 | identifier 4 | scope: owner, number 8 | share key.
 */
final class SessionForm {
  private static final byte VERSION = 1;
  private static final int CONNECTED = 1;
  private static final int WILL = 2;
  private static final int INDEXED = 4;
  private static final int NO_LOCAL = 8;
  private static final int RETAIN_AS_PUBLISHED = 16;
  private static final int SHARED = 32;
  private static final Overflow[] OVERFLOWS = Overflow.values();

  private final MessageForm messages;

  SessionForm(MessageForm messages) {
    this.messages = messages;
  }

  byte[] encode(SessionRecord session, long nowMillis) {
    StoredWill will = session.will();
    RowFields row =
        new RowFields()
            .put1(VERSION)
            .put1((session.connected() ? CONNECTED : 0) | (will == null ? 0 : WILL))
            .put8(session.expirySeconds())
            .put8(session.expiresAtMillis())
            .put8(session.aliveAtMillis())
            .put4(session.queue().messagesMax())
            .put8(session.queue().bytesMax())
            .put1(session.queue().overflow().ordinal())
            .putText(session.key().owner())
            .putText(session.key().clientId());
    if (will != null) {
      row.put8(will.delaySeconds())
          .put8(will.dueAtMillis())
          .put8(will.expirySeconds())
          .put8(nowMillis);
      messages.write(
          will.message(), place(session.key().scope(), session.number(), nowMillis), row);
    }
    return row.toByteArray();
  }

  /** The record; without its will if that can't be opened any more. */
  SessionRecord decode(byte[] value, Scope scope, long number) {
    RowFields.Reader row = new RowFields.Reader(value, VERSION, "the record of session " + number);
    try {
      int flags = row.get1();
      long expirySeconds = row.get8();
      long expiresAtMillis = row.get8();
      long aliveAtMillis = row.get8();
      QueueLimits queue = new QueueLimits(row.get4(), row.get8(), overflow(row));
      SessionKey key = new SessionKey(scope, row.getText(), row.getText());
      @Nullable StoredWill will = (flags & WILL) == 0 ? null : will(row, scope, number);
      return new SessionRecord(
          key,
          number,
          (flags & CONNECTED) != 0,
          expirySeconds,
          expiresAtMillis,
          aliveAtMillis,
          queue,
          will);
    } catch (IllegalArgumentException senseless) {
      throw row.corrupt(senseless);
    }
  }

  private static Overflow overflow(RowFields.Reader row) {
    int ordinal = row.get1();
    if (ordinal >= OVERFLOWS.length) {
      throw new IllegalArgumentException("overflow policy " + ordinal);
    }
    return OVERFLOWS[ordinal];
  }

  private @Nullable StoredWill will(RowFields.Reader row, Scope scope, long number) {
    long delaySeconds = row.get8();
    long dueAtMillis = row.get8();
    long expirySeconds = row.get8();
    long storedAtMillis = row.get8();
    return messages
        .read(row, place(scope, number, storedAtMillis))
        .map(message -> new StoredWill(message, delaySeconds, dueAtMillis, expirySeconds))
        .orElse(null);
  }

  private static ContentPlace place(Scope scope, long number, long timeMillis) {
    return new ContentPlace(scope, ContentPlace.Kind.WILL, number, 0, timeMillis);
  }

  static byte[] encode(StoredSubscription subscription) {
    String shareKey = subscription.shareKey();
    return new RowFields()
        .put1(VERSION)
        .put1(
            subscription.qos().level()
                | (subscription.indexed() ? INDEXED : 0)
                | (subscription.noLocal() ? NO_LOCAL : 0)
                | (subscription.retainAsPublished() ? RETAIN_AS_PUBLISHED : 0)
                | (shareKey == null ? 0 : SHARED))
        .put1(subscription.retainHandling())
        .put4(subscription.identifier())
        .putText(subscription.scope().owner())
        .put8(subscription.scope().number())
        .putText(shareKey == null ? "" : shareKey)
        .toByteArray();
  }

  static StoredSubscription decode(byte[] value, String filter) {
    RowFields.Reader row = new RowFields.Reader(value, VERSION, "a subscription");
    try {
      int flags = row.get1();
      int retainHandling = row.get1();
      int identifier = row.get4();
      Scope scope = new Scope(row.getText(), row.get8());
      String shareKey = row.getText();
      return new StoredSubscription(
          filter,
          scope,
          MessageForm.qos(flags & 3, row),
          (flags & INDEXED) != 0,
          (flags & NO_LOCAL) != 0,
          (flags & RETAIN_AS_PUBLISHED) != 0,
          retainHandling,
          identifier,
          (flags & SHARED) == 0 ? null : shareKey);
    } catch (IllegalArgumentException senseless) {
      throw row.corrupt(senseless);
    }
  }
}
