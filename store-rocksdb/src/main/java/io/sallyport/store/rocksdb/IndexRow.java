package io.sallyport.store.rocksdb;

import io.sallyport.platform.telemetry.Event;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;

/**
 * A row of the device index while it waits for its batch. The value is 1 if the format is json |
 * the name's hash 4: enough to pass over events that a query doesn't want without reading them.
 */
final class IndexRow {
  static final int VALUE_BYTES = 5;

  /** The order of RocksDB, within each column family. */
  static final Comparator<IndexRow> BY_KEY =
      Comparator.comparing(row -> row.key, Arrays::compareUnsigned);

  private final int columnFamily;
  private final byte[] key;
  private final byte[] value;

  private IndexRow(int columnFamily, byte[] key, byte[] value) {
    this.columnFamily = columnFamily;
    this.key = key;
    this.value = value;
  }

  static IndexRow of(Event event, long position, IndexWindow window) {
    byte[] value = new byte[VALUE_BYTES];
    ByteBuffer.wrap(value)
        .put((byte) (event.format().equals("json") ? 1 : 0))
        .putInt(event.name().hashCode());
    return new IndexRow(
        window.handle().getID(),
        Keys.index(event.deviceNumber(), event.timeMillis(), position),
        value);
  }

  static boolean isJson(byte[] value) {
    return value[0] == 1;
  }

  /** False only if the event has another name; equal hashes don't make equal names. */
  static boolean maybeNamed(byte[] value, String name) {
    return ByteBuffer.wrap(value).getInt(1) == name.hashCode();
  }

  int columnFamily() {
    return columnFamily;
  }

  byte[] key() {
    return key;
  }

  byte[] value() {
    return value;
  }
}
