package io.sallyport.store.rocksdb;

import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.store.ContentPlace;
import io.sallyport.mqtt.store.ContentSeal;
import io.sallyport.mqtt.store.SessionStoreException;
import io.sallyport.mqtt.store.StoredMessage;
import java.util.Optional;

/**
 * A message at the end of a row: what may be read, then what its publisher said, sealed (THREATS
 * T03).
 *
 * <p>Form: flags 1 (QoS in bits 0 and 1, bit 2 retain) | expiry 8 | topic | sealed: payload,
 * properties, author, tag.
 */
final class MessageForm {
  private static final int QOS = 3;
  private static final int RETAIN = 4;

  private final ContentSeal seal;

  MessageForm(ContentSeal seal) {
    this.seal = seal;
  }

  /**
   * @throws SessionStoreException {@code GONE} if the scope's keys were destroyed
   */
  void write(StoredMessage message, ContentPlace place, RowFields into) {
    byte[] content =
        new RowFields()
            .putBytes(message.payload())
            .putBytes(message.properties())
            .putText(message.author())
            .putText(message.tag())
            .toByteArray();
    byte[] sealed =
        seal.seal(place, content)
            .orElseThrow(() ->
                new SessionStoreException(
                    SessionStoreException.Reason.GONE,
                    "the keys of scope " + place.scope() + " are destroyed"));
    into.put1(message.qos().level() | (message.retain() ? RETAIN : 0))
        .put8(message.expiresAtMillis())
        .putText(message.topic())
        .putRest(sealed);
  }

  /** Reads to the row's end; empty if the scope's keys were destroyed (THREATS T04). */
  Optional<StoredMessage> read(RowFields.Reader row, ContentPlace place) {
    int flags = row.get1();
    long expiresAtMillis = row.get8();
    String topic = row.getText();
    Qos qos = qos(flags & QOS, row);
    return seal.open(place, row.row(), row.position())
        .map(opened -> {
          RowFields.Reader content = new RowFields.Reader(opened, "the content of " + place.kind());
          return new StoredMessage(
              topic,
              content.getBytes(),
              content.getBytes(),
              qos,
              (flags & RETAIN) != 0,
              expiresAtMillis,
              content.getText(),
              content.getText());
        });
  }

  static Qos qos(int level, RowFields.Reader row) {
    if (level > 2) {
      throw row.corrupt(new IllegalArgumentException("QoS 3"));
    }
    return Qos.of(level);
  }
}
