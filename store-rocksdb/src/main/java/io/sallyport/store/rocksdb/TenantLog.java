package io.sallyport.store.rocksdb;

import io.sallyport.platform.tenant.PayloadCipher;
import io.sallyport.platform.tenant.TenantKeys;
import org.jspecify.annotations.Nullable;

/**
 * What the store keeps in memory of one tenant's log. The volatile fields are read by any thread;
 * all is written by the holder of the store's write lock. While a batch is put together its changes
 * are staged, and become visible by {@link #commit} once the batch is durable.
 */
final class TenantLog {
  static final long SEGMENT_BYTES = 8L << 20;
  static final long SEGMENT_MILLIS = 3_600_000;

  private final int tenant;
  private volatile long end;
  private volatile long bytes;
  private volatile Horizon horizon;
  private @Nullable Segment open;
  private @Nullable PayloadCipher cipher;

  private boolean staged;
  private long stagedEnd;
  private long stagedBytes;
  private @Nullable Segment stagedOpen;

  /**
   * @param open the segment that the next events join; null to begin with a new one
   */
  TenantLog(int tenant, long end, long bytes, Horizon horizon, @Nullable Segment open) {
    this.tenant = tenant;
    this.end = end;
    this.bytes = bytes;
    this.horizon = horizon;
    this.open = open;
  }

  int tenant() {
    return tenant;
  }

  long end() {
    return end;
  }

  long bytes() {
    return bytes;
  }

  Horizon horizon() {
    return horizon;
  }

  PayloadCipher cipher(TenantKeys keys) {
    PayloadCipher present = cipher;
    if (present == null) {
      present = keys.writer(tenant);
      cipher = present;
    }
    return present;
  }

  /** Begins staging; false if it has begun for this batch already. */
  boolean stage() {
    if (staged) {
      return false;
    }
    staged = true;
    stagedEnd = end;
    stagedBytes = bytes;
    stagedOpen = open;
    return true;
  }

  /** The position that the next event of the batch gets. */
  long nextPosition() {
    return stagedEnd;
  }

  /**
   * Counts an event in, at {@link #nextPosition}.
   *
   * @return the segment that this event ended by beginning a new one, to be written; else null
   */
  @Nullable Segment add(long timeMillis, long rowBytes) {
    long position = stagedEnd++;
    stagedBytes += rowBytes;
    Segment current = stagedOpen;
    if (current == null) {
      stagedOpen = Segment.startingWith(position, timeMillis, rowBytes);
      return null;
    }
    if (current.bytes() >= SEGMENT_BYTES
        || timeMillis - current.startedMillis() >= SEGMENT_MILLIS) {
      stagedOpen = Segment.startingWith(position, timeMillis, rowBytes);
      return current;
    }
    stagedOpen = current.with(position, timeMillis, rowBytes);
    return null;
  }

  /** The segment as the batch leaves it, to be written; null if the batch has none. */
  @Nullable Segment stagedOpen() {
    return stagedOpen;
  }

  void commit() {
    if (staged) {
      end = stagedEnd;
      bytes = stagedBytes;
      open = stagedOpen;
      staged = false;
    }
  }

  void discard() {
    staged = false;
  }

  /** After a cut: bytes that went, the new horizon, and what is left of the open segment. */
  void cut(Horizon to, long bytesGone, @Nullable Segment openLeft) {
    horizon = to;
    bytes = Math.max(0, bytes - bytesGone);
    open = openLeft;
  }

  @Nullable Segment open() {
    return open;
  }

  void delete(Horizon to) {
    horizon = to;
    bytes = 0;
    open = null;
    cipher = null;
  }
}
