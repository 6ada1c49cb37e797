package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.Problem;
import java.nio.ByteBuffer;

/**
 * Where a tenant's log begins: what lies before is deleted, or about to be, and never read.
 *
 * @param deleted the tenant itself is: nothing is read or taken
 */
record Horizon(long position, long timeMillis, boolean deleted) {
  static final Horizon NONE = new Horizon(0, 0, false);

  private static final byte VERSION = 1;
  private static final int VALUE_BYTES = 18;

  boolean shows(long eventPosition, long eventMillis) {
    return !deleted && eventPosition >= position && eventMillis >= timeMillis;
  }

  byte[] encode() {
    byte[] value = new byte[VALUE_BYTES];
    ByteBuffer.wrap(value)
        .put(VERSION)
        .putLong(position)
        .putLong(timeMillis)
        .put((byte) (deleted ? 1 : 0));
    return value;
  }

  static Horizon decode(byte[] value) {
    if (value.length != VALUE_BYTES || value[0] != VERSION) {
      throw new Problem(Problem.Code.CORRUPT, "a horizon row of the log has an unknown form")
          .asException();
    }
    ByteBuffer fields = ByteBuffer.wrap(value, 1, VALUE_BYTES - 1);
    return new Horizon(fields.getLong(), fields.getLong(), fields.get() != 0);
  }
}
