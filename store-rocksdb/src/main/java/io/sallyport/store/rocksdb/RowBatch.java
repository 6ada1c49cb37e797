package io.sallyport.store.rocksdb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.rocksdb.WriteBatch;

/**
 * Rows to be written at once, put together in RocksDB's own serialized form (write_batch.cc), so
 * that a batch of thousands crosses into native code once instead of once per row. The form is that
 * of the write-ahead log, and so as stable as the files: sequence 8, count 4 (little-endian), then
 * per row a tag, the column family's number, key and value, each with its length as a varint.
 *
 * <p>For one thread; reused from batch to batch.
 */
final class RowBatch {
  private static final int HEADER_BYTES = 12;
  private static final int COUNT_AT = 8;
  private static final byte TAG_VALUE = 0x1;
  private static final byte TAG_COLUMN_FAMILY_VALUE = 0x5;
  private static final byte TAG_COLUMN_FAMILY_DELETION = 0x4;
  private static final byte TAG_COLUMN_FAMILY_RANGE_DELETION = 0xE;
  private static final int VARINT_BYTES_MAX = 5;
  private static final int KEPT_BYTES_MAX = 8 << 20;

  private byte[] rows = new byte[64 << 10];
  private int size = HEADER_BYTES;
  private int count;

  void clear() {
    if (rows.length > KEPT_BYTES_MAX) {
      rows = new byte[64 << 10];
    }
    size = HEADER_BYTES;
    count = 0;
  }

  int bytes() {
    return size;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** A place to go back to with {@link #backTo}. */
  Mark mark() {
    return new Mark(size, count);
  }

  void backTo(Mark mark) {
    size = mark.size();
    count = mark.count();
  }

  void put(int columnFamily, byte[] key, byte[] value) {
    int at = startRow(columnFamily, key, value.length);
    System.arraycopy(value, 0, rows, at, value.length);
  }

  /**
   * Adds a row whose value the caller writes into {@link #array} at the returned place, before the
   * next row is added.
   */
  int startRow(int columnFamily, byte[] key, int valueBytes) {
    ensure(1 + 3 * VARINT_BYTES_MAX + key.length + valueBytes);
    if (columnFamily == 0) {
      rows[size++] = TAG_VALUE;
    } else {
      rows[size++] = TAG_COLUMN_FAMILY_VALUE;
      putVarint(columnFamily);
    }
    putBytes(key);
    putVarint(valueBytes);
    int at = size;
    size += valueBytes;
    count++;
    return at;
  }

  /** Deletes a row, of a column family other than the default one. */
  void delete(int columnFamily, byte[] key) {
    ensure(1 + 2 * VARINT_BYTES_MAX + key.length);
    rows[size++] = TAG_COLUMN_FAMILY_DELETION;
    putVarint(columnFamily);
    putBytes(key);
    count++;
  }

  /** Deletes all rows from the first key to before the second. */
  void deleteRange(int columnFamily, byte[] from, byte[] to) {
    ensure(1 + 3 * VARINT_BYTES_MAX + from.length + to.length);
    rows[size++] = TAG_COLUMN_FAMILY_RANGE_DELETION;
    putVarint(columnFamily);
    putBytes(from);
    putBytes(to);
    count++;
  }

  private void putBytes(byte[] bytes) {
    putVarint(bytes.length);
    System.arraycopy(bytes, 0, rows, size, bytes.length);
    size += bytes.length;
  }

  byte[] array() {
    return rows;
  }

  /** The rows for {@code RocksDB.write}; to be closed by the caller. */
  WriteBatch toWriteBatch() {
    ByteBuffer.wrap(rows).order(ByteOrder.LITTLE_ENDIAN).putInt(COUNT_AT, count);
    return new WriteBatch(Arrays.copyOf(rows, size));
  }

  record Mark(int size, int count) {}

  private void ensure(int more) {
    if (rows.length - size < more) {
      rows = Arrays.copyOf(rows, Math.max(2 * rows.length, Math.addExact(size, more)));
    }
  }

  private void putVarint(int value) {
    int left = value;
    while ((left & ~0x7f) != 0) {
      rows[size++] = (byte) ((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    rows[size++] = (byte) left;
  }
}
