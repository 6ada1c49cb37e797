package io.sallyport.store.rocksdb;

import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** An iterator over a range of keys, with the native objects that it needs. For one thread. */
final class Scan implements AutoCloseable {
  private final Slice from;
  private final Slice to;
  private final ReadOptions options;
  private final RocksIterator rows;

  /**
   * @param from inclusive
   * @param to exclusive
   */
  Scan(LogDatabase database, ColumnFamilyHandle family, byte[] from, byte[] to) {
    this.from = new Slice(from);
    this.to = new Slice(to);
    this.options = new ReadOptions().setIterateLowerBound(this.from).setIterateUpperBound(this.to);
    this.rows = database.db().newIterator(family, options);
  }

  RocksIterator rows() {
    return rows;
  }

  /** Whether there is a row; a fault while looking for it is thrown. */
  boolean valid() throws RocksDBException {
    if (rows.isValid()) {
      return true;
    }
    rows.status();
    return false;
  }

  @Override
  public void close() {
    rows.close();
    options.close();
    from.close();
    to.close();
  }
}
