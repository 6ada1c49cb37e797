package io.sallyport.store.rocksdb;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Numbers of sessions, never given again: a mark that a log writes late must not hit another
 * session. What the next start begins with is written ahead of use, in blocks.
 */
final class SessionNumbers {
  private static final long BLOCK = 1L << 20;

  private final AtomicLong last = new AtomicLong();

  // For the writing thread.
  private long reserved;
  private long written;

  long next() {
    return last.incrementAndGet();
  }

  /** Before a session with this number is written. */
  void use(long number) {
    if (number >= reserved) {
      reserved = number + BLOCK;
    }
  }

  /** Adds what must be written with the sessions; again, until {@link #written}. */
  void addRow(int columnFamily, RowBatch rows) {
    if (reserved != written) {
      rows.put(columnFamily, SessionKeys.NUMBERS, ByteBuffer.allocate(8).putLong(reserved).array());
    }
  }

  void written() {
    written = reserved;
  }

  void load(LogDatabase database) throws RocksDBException {
    byte @Nullable [] row = database.db().get(database.sessions(), SessionKeys.NUMBERS);
    if (row != null) {
      reserved = ByteBuffer.wrap(row).getLong();
      written = reserved;
      last.set(reserved);
    }
  }
}
