package io.sallyport.store.rocksdb;

import io.sallyport.mqtt.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The numbers under which scopes are stored. Given once and for good: a deleted scope's number is
 * never another's. Read by any thread, given by the writing one.
 */
final class ScopeNumbers {
  private static final byte VERSION = 1;

  private final Map<Scope, Integer> numbers = new ConcurrentHashMap<>();
  private final Map<Integer, Scope> scopes = new ConcurrentHashMap<>();
  private final List<Scope> unwritten = new ArrayList<>();
  private int last;

  /** The scope's number; 0 if nothing of it is stored. */
  int find(Scope scope) {
    return numbers.getOrDefault(scope, 0);
  }

  @Nullable Scope scope(int number) {
    return scopes.get(number);
  }

  List<Scope> all() {
    return List.copyOf(numbers.keySet());
  }

  /** The scope's number, a new one if it has none. */
  int get(Scope scope) {
    int number = find(scope);
    if (number != 0) {
      return number;
    }
    number = ++last;
    numbers.put(scope, number);
    scopes.put(number, scope);
    unwritten.add(scope);
    return number;
  }

  /** Adds the rows of new scopes to a batch; again, until {@link #written}. */
  void addRows(int columnFamily, RowBatch rows) {
    for (Scope scope : unwritten) {
      byte[] value =
          new RowFields().put1(VERSION).putText(scope.owner()).put8(scope.number()).toByteArray();
      rows.put(columnFamily, SessionKeys.ofScope(SessionKeys.SCOPE, find(scope)), value);
    }
  }

  void written() {
    unwritten.clear();
  }

  void load(LogDatabase database) throws RocksDBException {
    try (Scan scan =
        new Scan(
            database,
            database.sessions(),
            SessionKeys.start(SessionKeys.SCOPE),
            SessionKeys.end(SessionKeys.SCOPE))) {
      for (scan.rows().seekToFirst(); scan.valid(); scan.rows().next()) {
        RowFields.Reader row = new RowFields.Reader(scan.rows().value(), VERSION, "a scope's row");
        int number = SessionKeys.scope(scan.rows().key());
        Scope scope = new Scope(row.getText(), row.get8());
        numbers.put(scope, number);
        scopes.put(number, scope);
        last = Math.max(last, number);
      }
    }
  }
}
