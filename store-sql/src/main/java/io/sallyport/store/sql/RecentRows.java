package io.sallyport.store.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;

/**
 * Rows that logins asked for lately. A row is remembered together with the number of commits that
 * had touched its key <em>before</em> it was read, and is good as long as that number stays: a read
 * that was overtaken by a commit remembers nothing that holds afterwards, whatever the order in
 * which the threads go on (THREATS T31). Keys share such numbers, so a commit may make more rows be
 * read again than it changed. That a row is absent is never remembered. Thread-safe, lock-free.
 */
final class RecentRows<K, V> {
  private static final int COUNTERS = 1 << 12;

  private final Cache<K, Row<V>> rows;
  private final AtomicLongArray commits = new AtomicLongArray(COUNTERS);

  private record Row<V>(V value, long commitsBefore) {}

  /**
   * @param rowsMax how many are remembered
   */
  RecentRows(int rowsMax) {
    this.rows = Caffeine.newBuilder().maximumSize(rowsMax).build();
  }

  Optional<V> find(K key, Supplier<Optional<V>> read) {
    long commitsBefore = commits.get(counter(key));
    Row<V> known = rows.getIfPresent(key);
    if (known != null && known.commitsBefore() == commitsBefore) {
      return Optional.of(known.value());
    }
    Optional<V> found = read.get();
    found.ifPresent(value -> rows.put(key, new Row<>(value, commitsBefore)));
    return found;
  }

  /** To be called between the commit that changed the row and the word to its caller. */
  void forget(K key) {
    commits.incrementAndGet(counter(key));
    rows.invalidate(key);
  }

  /** As {@link #forget}, of all rows. */
  void forgetAll() {
    for (int i = 0; i < COUNTERS; i++) {
      commits.incrementAndGet(i);
    }
    rows.invalidateAll();
  }

  private static int counter(Object key) {
    int hash = key.hashCode() * 0x9E3779B9; // spreads keys that differ in their last digits only
    return hash >>> (Integer.SIZE - Integer.numberOfTrailingZeros(COUNTERS));
  }
}
