package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.tenant.PayloadCipher;
import io.sallyport.platform.tenant.TenantKeys;
import java.util.Arrays;

/**
 * Checks that within one stream of one data key the sequence rises with the position (THREATS T01):
 * sealed records that were exchanged or copied to another position don't pass. For one read.
 */
final class SequenceWatch {
  /** Key id and stream number of a sealed value. */
  private static final int STREAM_FROM = 1;

  private static final int STREAM_TO = 13;

  private final int tenant;
  private byte[] lastRow = new byte[0];
  private int lastAt;
  private long lastPosition;

  SequenceWatch(int tenant) {
    this.tenant = tenant;
  }

  void see(EventRow.Stored stored) {
    byte[] row = stored.bytes();
    int at = stored.sealedAt();
    if (stored.sealedBytes() < PayloadCipher.OVERHEAD_BYTES) {
      return; // Opening it will tell.
    }
    if (lastRow.length > 0
        && Arrays.equals(
            row,
            at + STREAM_FROM,
            at + STREAM_TO,
            lastRow,
            lastAt + STREAM_FROM,
            lastAt + STREAM_TO)) {
      int order = Long.compare(stored.position(), lastPosition);
      int sequence =
          Long.compareUnsigned(TenantKeys.sequence(row, at), TenantKeys.sequence(lastRow, lastAt));
      if (Integer.signum(sequence) != order) {
        throw new Problem(
                Problem.Code.CORRUPT,
                "the log of tenant number "
                    + tenant
                    + " was changed near position "
                    + stored.position()
                    + ": its records are not in the order in which they were sealed")
            .asException();
      }
    }
    lastRow = row;
    lastAt = at;
    lastPosition = stored.position();
  }
}
