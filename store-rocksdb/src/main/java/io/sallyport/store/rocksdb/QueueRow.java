package io.sallyport.store.rocksdb;

import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.store.QueuedMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * A row of a session's queue without its message.
 *
 * <p>Form: version 1 | flags 1 (QoS, 4 retain, 8 released) | bytes 4 | stored at 8 | body 8, 0 if
 * not shared | number of subscription ids 1 | these, 4 each | unless released or shared: {@link
 * MessageForm}.
 *
 * @param bytes of the message, for counting
 * @param body number of the shared body; 0 if the message is in the row
 */
record QueueRow(
    Qos qos,
    boolean retain,
    boolean released,
    int bytes,
    long storedAtMillis,
    long body,
    List<Integer> subscriptionIds) {
  /** Enough of a row to count it. */
  static final int HEAD_BYTES = 22;

  private static final byte VERSION = 1;
  private static final int RETAIN = 4;
  private static final int RELEASED = 8;
  private static final String WHERE = "a queued message";

  static QueueRow of(QueuedMessage queued, int bytes, long nowMillis, long body) {
    return new QueueRow(
        queued.qos(), queued.retain(), false, bytes, nowMillis, body, queued.subscriptionIds());
  }

  /** The row after PUBREC: only its packet id counts any more. */
  static byte[] releasedForm(long nowMillis) {
    return new QueueRow(Qos.EXACTLY_ONCE, false, true, 0, nowMillis, 0, List.of())
        .fields()
        .toByteArray();
  }

  RowFields fields() {
    RowFields row =
        new RowFields()
            .put1(VERSION)
            .put1(qos.level() | (retain ? RETAIN : 0) | (released ? RELEASED : 0))
            .put4(bytes)
            .put8(storedAtMillis)
            .put8(body)
            .put1(subscriptionIds.size());
    for (int id : subscriptionIds) {
      row.put4(id);
    }
    return row;
  }

  static RowFields.Reader reader(byte[] value) {
    return new RowFields.Reader(value, VERSION, WHERE);
  }

  static QueueRow read(RowFields.Reader row) {
    QueueRow head = head(row);
    List<Integer> ids = new ArrayList<>(0);
    for (int left = row.get1(); left > 0; left--) {
      ids.add(row.get4());
    }
    return new QueueRow(
        head.qos, head.retain, head.released, head.bytes, head.storedAtMillis, head.body, ids);
  }

  /** The row as far as its head says. */
  static QueueRow head(RowFields.Reader row) {
    int flags = row.get1();
    return new QueueRow(
        MessageForm.qos(flags & 3, row),
        (flags & RETAIN) != 0,
        (flags & RELEASED) != 0,
        row.get4(),
        row.get8(),
        row.get8(),
        List.of());
  }
}
