package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.SealedContext;
import io.sallyport.platform.tenant.TenantKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * The newest event of each name of each device, for tenants that have this cache on. It shows
 * nothing that retention took away.
 */
final class LastEvents {
  /** Rows that one sweep looks at; the next goes on behind them. */
  private static final int SWEEP_ROWS_MAX = 10_000;

  private final TenantLogs tenants;
  private final IntPredicate enabled;
  private final EventOpener opener;

  /** Where each tenant's next sweep begins; after a restart, at its first row. */
  private final Map<Integer, byte[]> sweepFrom = new ConcurrentHashMap<>();

  LastEvents(TenantKeys keys, TenantLogs tenants, IntPredicate enabled) {
    this.tenants = tenants;
    this.enabled = enabled;
    this.opener = new EventOpener(keys, SealedContext.LAST_EVENT);
  }

  List<StoredEvent> list(
      LogDatabase database,
      DeviceKey device,
      long deviceNumber,
      int tenantNumber,
      long notBeforeMillis,
      long payloadBytesMax)
      throws RocksDBException {
    List<StoredEvent> events = new ArrayList<>();
    long payloadBytes = 0;
    if (!enabled.test(tenantNumber)) {
      return events;
    }
    try (Scan scan =
        new Scan(
            database,
            database.last(),
            Keys.lastStart(tenantNumber, deviceNumber),
            Keys.lastEnd(tenantNumber, deviceNumber))) {
      for (scan.rows().seekToFirst(); scan.valid(); scan.rows().next()) {
        if (add(events, scan.rows().value(), device, tenantNumber, notBeforeMillis)) {
          payloadBytes += events.getLast().event().payload().size();
          if (payloadBytes > payloadBytesMax) {
            throw TelemetryStore.lastEventsTooLarge(payloadBytesMax);
          }
        }
      }
    }
    return events;
  }

  Optional<StoredEvent> find(
      LogDatabase database,
      DeviceKey device,
      long deviceNumber,
      int tenantNumber,
      String name,
      long notBeforeMillis)
      throws RocksDBException {
    if (!enabled.test(tenantNumber)) {
      return Optional.empty();
    }
    byte @Nullable [] row =
        database
            .db()
            .get(
                database.last(),
                Keys.last(tenantNumber, deviceNumber, name.getBytes(StandardCharsets.UTF_8)));
    List<StoredEvent> events = new ArrayList<>(1);
    if (row != null) {
      add(events, row, device, tenantNumber, notBeforeMillis);
    }
    return events.stream().findFirst();
  }

  /** Whether it is to be shown. */
  private boolean add(
      List<StoredEvent> events,
      byte[] row,
      DeviceKey device,
      int tenantNumber,
      long notBeforeMillis) {
    EventRow.Stored stored = EventRow.parse(row, "a last event of tenant number " + tenantNumber);
    if (stored.timeMillis() >= notBeforeMillis
        && tenants.horizon(tenantNumber).shows(stored.position(), stored.timeMillis())) {
      return events.add(opener.open(stored, tenantNumber, device));
    }
    return false;
  }

  /** Deletes a tenant's last events that are beyond the horizon, some at a time. */
  void sweep(LogDatabase database, int tenantNumber, Horizon horizon) throws RocksDBException {
    boolean kept = enabled.test(tenantNumber);
    byte[] from = sweepFrom.getOrDefault(tenantNumber, Keys.tenantStart(tenantNumber));
    byte @Nullable [] next = null;
    try (WriteBatch batch = new WriteBatch();
        Scan scan = new Scan(database, database.last(), from, Keys.tenantEnd(tenantNumber))) {
      int seen = 0;
      for (scan.rows().seekToFirst(); scan.valid(); scan.rows().next()) {
        byte[] key = scan.rows().key();
        if (seen++ == SWEEP_ROWS_MAX) {
          next = key;
          break;
        }
        byte[] row = scan.rows().value();
        if (!kept || !horizon.shows(EventRow.position(row), EventRow.timeMillis(row))) {
          batch.delete(database.last(), key);
        }
      }
      if (batch.count() > 0) {
        database.db().write(database.options().unsynced, batch);
      }
    }
    if (next == null) {
      sweepFrom.remove(tenantNumber);
    } else {
      sweepFrom.put(tenantNumber, next);
    }
  }
}
