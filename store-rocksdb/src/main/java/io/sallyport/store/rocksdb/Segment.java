package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.Problem;
import java.nio.ByteBuffer;

/**
 * A stretch of a tenant's log and what is known of it: enough to apply retention and to find times
 * without reading events.
 *
 * @param last position of the last event, inclusive
 * @param bytes what its rows take, roughly
 */
record Segment(
    long first, long last, long minTimeMillis, long maxTimeMillis, long startedMillis, long bytes) {
  /** Bytes of a segment's row, for keys of 13 bytes and values of 41. */
  static final int VALUE_BYTES = 41;

  private static final byte VERSION = 1;

  static Segment startingWith(long position, long timeMillis, long bytes) {
    return new Segment(position, position, timeMillis, timeMillis, timeMillis, bytes);
  }

  Segment with(long position, long timeMillis, long addedBytes) {
    return new Segment(
        first,
        position,
        Math.min(minTimeMillis, timeMillis),
        Math.max(maxTimeMillis, timeMillis),
        startedMillis,
        bytes + addedBytes);
  }

  /** This segment without its first positions, bytes reduced in proportion. */
  Segment from(long newFirst) {
    return new Segment(
        newFirst,
        last,
        minTimeMillis,
        maxTimeMillis,
        startedMillis,
        bytes - share(newFirst - first));
  }

  long count() {
    return last - first + 1;
  }

  /** How many of its first positions together have at least this many bytes. */
  long countForBytes(long wanted) {
    return Math.min(count(), Math.ceilDiv(Math.multiplyExact(wanted, count()), bytes));
  }

  private long share(long positions) {
    return bytes * positions / count();
  }

  byte[] encode() {
    byte[] value = new byte[VALUE_BYTES];
    ByteBuffer.wrap(value)
        .put(VERSION)
        .putLong(last)
        .putLong(minTimeMillis)
        .putLong(maxTimeMillis)
        .putLong(startedMillis)
        .putLong(bytes);
    return value;
  }

  static Segment decode(byte[] key, byte[] value) {
    if (!Keys.isSegment(key) || value.length != VALUE_BYTES || value[0] != VERSION) {
      throw new Problem(Problem.Code.CORRUPT, "a segment row of the log has an unknown form")
          .asException();
    }
    ByteBuffer fields = ByteBuffer.wrap(value, 1, VALUE_BYTES - 1);
    return new Segment(
        Keys.segmentFirst(key),
        fields.getLong(),
        fields.getLong(),
        fields.getLong(),
        fields.getLong(),
        fields.getLong());
  }
}
