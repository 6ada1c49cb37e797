package io.sallyport.store.rocksdb;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The keys of all column families; numbers are unsigned and big-endian, so that byte order is
 * number order. Text stands only at a key's end, after parts of fixed length: no key of one tenant,
 * device or reader is ever the beginning of another's.
 *
 * <ul>
 *   <li>{@code log}: tenant 4 | position 8
 *   <li>{@code index-<from>-<to>}: device 8 | inverted time 8 | inverted position 8
 *   <li>{@code last}: tenant 4 | device 8 | event name
 *   <li>{@code cursors}: tenant 4 | reader name
 *   <li>{@code default}: {@code v} (store version), {@code t} | tenant 4 (horizon), {@code s} |
 *       tenant 4 | first position 8 (segment)
 * </ul>
 */
final class Keys {
  static final int LOG_BYTES = 12;
  static final int INDEX_BYTES = 24;
  static final int DEVICE_BYTES = 8;
  static final int LAST_PREFIX_BYTES = 12;
  static final int SEGMENT_BYTES = 13;
  static final byte[] VERSION = {'v'};
  static final byte HORIZON = 't';
  static final byte SEGMENT = 's';

  private Keys() {}

  static byte[] log(int tenant, long position) {
    byte[] key = new byte[LOG_BYTES];
    ByteBuffer.wrap(key).putInt(tenant).putLong(position);
    return key;
  }

  static int tenant(byte[] key) {
    return ByteBuffer.wrap(key).getInt();
  }

  static long logPosition(byte[] key) {
    return ByteBuffer.wrap(key).getLong(4);
  }

  /** Where the rows of a tenant begin, in column families whose keys begin with the tenant. */
  static byte[] tenantStart(int tenant) {
    return ByteBuffer.wrap(new byte[4]).putInt(tenant).array();
  }

  /** The first key behind the tenant's rows. */
  static byte[] tenantEnd(int tenant) {
    // Tenant numbers are positive, so the sum is right as an unsigned number.
    return tenantStart(tenant + 1);
  }

  static byte[] index(long device, long timeMillis, long position) {
    byte[] key = new byte[INDEX_BYTES];
    ByteBuffer.wrap(key).putLong(device).putLong(~timeMillis).putLong(~position);
    return key;
  }

  static byte[] indexStart(long device) {
    return ByteBuffer.wrap(new byte[DEVICE_BYTES]).putLong(device).array();
  }

  static byte[] indexEnd(long device) {
    return indexStart(device + 1);
  }

  static long indexTime(byte[] key) {
    return ~ByteBuffer.wrap(key).getLong(8);
  }

  static long indexPosition(byte[] key) {
    return ~ByteBuffer.wrap(key).getLong(16);
  }

  static byte[] last(int tenant, long device, byte[] name) {
    byte[] key = new byte[LAST_PREFIX_BYTES + name.length];
    ByteBuffer.wrap(key).putInt(tenant).putLong(device).put(name);
    return key;
  }

  static byte[] lastStart(int tenant, long device) {
    return last(tenant, device, new byte[0]);
  }

  static byte[] lastEnd(int tenant, long device) {
    return last(tenant, device + 1, new byte[0]);
  }

  static String lastName(byte[] key) {
    return new String(
        key, LAST_PREFIX_BYTES, key.length - LAST_PREFIX_BYTES, StandardCharsets.UTF_8);
  }

  static byte[] cursor(int tenant, String reader) {
    byte[] name = reader.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.wrap(new byte[4 + name.length]).putInt(tenant).put(name).array();
  }

  static byte[] horizon(int tenant) {
    return ByteBuffer.wrap(new byte[5]).put(HORIZON).putInt(tenant).array();
  }

  static int horizonTenant(byte[] key) {
    return ByteBuffer.wrap(key).getInt(1);
  }

  static byte[] segment(int tenant, long first) {
    byte[] key = new byte[SEGMENT_BYTES];
    ByteBuffer.wrap(key).put(SEGMENT).putInt(tenant).putLong(first);
    return key;
  }

  static boolean isSegment(byte[] key) {
    return key.length == SEGMENT_BYTES && key[0] == SEGMENT;
  }

  static int segmentTenant(byte[] key) {
    return ByteBuffer.wrap(key).getInt(1);
  }

  static long segmentFirst(byte[] key) {
    return ByteBuffer.wrap(key).getLong(5);
  }
}
