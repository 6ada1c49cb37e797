package io.sallyport.store.rocksdb;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** The tenants that have or had a log, recovered from the database when it is first opened. */
final class TenantLogs {
  private final Map<Integer, TenantLog> logs = new ConcurrentHashMap<>();

  Optional<TenantLog> find(int tenant) {
    return Optional.ofNullable(logs.get(tenant));
  }

  /** The tenant's log, an empty one if it has none. */
  TenantLog get(int tenant) {
    return logs.computeIfAbsent(tenant, _ -> new TenantLog(tenant, 0, 0, Horizon.NONE, null));
  }

  Horizon horizon(int tenant) {
    TenantLog log = logs.get(tenant);
    return log == null ? Horizon.NONE : log.horizon();
  }

  /** The time before which no tenant has events any more. */
  long oldestHorizonMillis() {
    return logs.values().stream()
        .map(TenantLog::horizon)
        .filter(horizon -> !horizon.deleted())
        .mapToLong(Horizon::timeMillis)
        .min()
        .orElse(0);
  }

  void load(LogDatabase database) throws RocksDBException {
    Map<Integer, Found> found = new TreeMap<>();
    try (RocksIterator rows = database.db().newIterator(database.meta())) {
      for (rows.seekToFirst(); rows.isValid(); rows.next()) {
        byte[] key = rows.key();
        if (key[0] == Keys.HORIZON) {
          found.computeIfAbsent(Keys.horizonTenant(key), _ -> new Found()).horizon =
              Horizon.decode(rows.value());
        } else if (key[0] == Keys.SEGMENT) {
          Segment segment = Segment.decode(key, rows.value());
          Found tenant = found.computeIfAbsent(Keys.segmentTenant(key), _ -> new Found());
          tenant.bytes += segment.bytes();
          tenant.last = segment;
        }
      }
      rows.status();
    }
    // The log's own keys decide where a tenant's log ends, whatever else is written about it.
    try (RocksIterator rows = database.db().newIterator(database.log())) {
      for (Map.Entry<Integer, Found> tenant : found.entrySet()) {
        rows.seekForPrev(Keys.log(tenant.getKey(), -1));
        boolean own = rows.isValid() && Keys.tenant(rows.key()) == tenant.getKey();
        long end = own ? Keys.logPosition(rows.key()) + 1 : 0;
        logs.put(tenant.getKey(), tenant.getValue().log(tenant.getKey(), end));
      }
      rows.status();
    }
  }

  private static final class Found {
    private Horizon horizon = Horizon.NONE;
    private long bytes;
    private @Nullable Segment last;

    TenantLog log(int tenant, long logEnd) {
      long segmentEnd = last == null ? 0 : last.last() + 1;
      long end = Math.max(logEnd, Math.max(segmentEnd, horizon.position()));
      // A new segment begins: the process that wrote the last one has ended.
      return new TenantLog(tenant, end, bytes, horizon, null);
    }
  }
}
