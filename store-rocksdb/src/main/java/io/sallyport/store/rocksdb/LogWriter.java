package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.Marker;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.PayloadCipher;
import io.sallyport.platform.tenant.SealedContext;
import io.sallyport.platform.tenant.TenantKeys;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Puts batches together, writes each with one sync. For one thread at a time. */
final class LogWriter {
  /** What RocksDB keeps per row besides key and value, roughly. */
  private static final int ROW_OVERHEAD_BYTES = 8;

  private static final int INDEX_ROW_BYTES =
      Keys.INDEX_BYTES + IndexRow.VALUE_BYTES + ROW_OVERHEAD_BYTES;

  private final TenantKeys keys;
  private final TenantLogs tenants;
  private final IntPredicate lastEventCacheEnabled;
  private final RowBatch rows = new RowBatch();
  private final List<IndexRow> indexRows = new ArrayList<>();
  private final List<TenantLog> touched = new ArrayList<>();

  /** A batch whose write failed: it may be in the write-ahead log nevertheless. */
  private @Nullable Unsettled unsettled;

  LogWriter(TenantKeys keys, TenantLogs tenants, IntPredicate lastEventCacheEnabled) {
    this.keys = keys;
    this.tenants = tenants;
    this.lastEventCacheEnabled = lastEventCacheEnabled;
  }

  long[] append(LogDatabase database, List<Event> batch, Map<Integer, Marker> markers)
      throws RocksDBException {
    Unsettled before = unsettled;
    unsettled = null;
    if (before != null && before.batch().equals(batch)) {
      return before.positions().clone();
    }
    boolean done = false;
    try {
      long[] positions = prepare(database, batch);
      addMarkers(database, positions, markers);
      if (!rows.isEmpty()) {
        write(database, batch, positions);
      }
      touched.forEach(TenantLog::commit);
      done = true;
      return positions;
    } finally {
      if (!done && unsettled == null) {
        touched.forEach(TenantLog::discard);
      }
      if (unsettled == null) {
        touched.clear();
      }
      rows.clear();
    }
  }

  /**
   * After the database was opened anew: a batch whose write had failed is either in the log as a
   * whole, as one record of the write-ahead log, or not at all.
   */
  void settle(LogDatabase database) throws RocksDBException {
    Unsettled before = unsettled;
    if (before == null) {
      return;
    }
    boolean stored =
        database.db().get(database.log(), Keys.log(before.tenant(), before.position())) != null;
    if (stored) {
      touched.forEach(TenantLog::commit);
    } else {
      touched.forEach(TenantLog::discard);
      unsettled = null;
    }
    touched.clear();
  }

  private record Unsettled(List<Event> batch, ArrayList<Long> assigned, int tenant, long position) {
    long[] positions() {
      return assigned.stream().mapToLong(Long::longValue).toArray();
    }
  }

  private void write(LogDatabase database, List<Event> batch, long[] positions)
      throws RocksDBException {
    try (WriteBatch written = rows.toWriteBatch()) {
      database.db().write(database.options().synced, written);
    } catch (RocksDBException fault) {
      ArrayList<Long> assigned = new ArrayList<>();
      int first = -1;
      for (int i = 0; i < positions.length; i++) {
        assigned.add(positions[i]);
        first = first < 0 && positions[i] != TelemetryStore.NOT_STORED ? i : first;
      }
      unsettled = new Unsettled(batch, assigned, batch.get(first).tenantNumber(), positions[first]);
      throw fault;
    }
  }

  private long[] prepare(LogDatabase database, List<Event> batch) throws RocksDBException {
    rows.clear();
    indexRows.clear();
    long[] positions = new long[batch.size()];
    TenantLog tenant = tenants.get(batch.getFirst().tenantNumber());
    IndexWindow window = database.window(batch.getFirst().timeMillis());
    for (int i = 0; i < positions.length; i++) {
      Event event = batch.get(i);
      if (event.tenantNumber() != tenant.tenant()) {
        tenant = tenants.get(event.tenantNumber());
      }
      if (!window.covers(event.timeMillis())) {
        window = database.window(event.timeMillis());
      }
      positions[i] = add(database, tenant, window, event);
    }
    addIndexRows();
    addLastEvents(database, batch, positions);
    for (TenantLog written : touched) {
      Segment open = written.stagedOpen();
      if (open != null) {
        addSegment(database, written.tenant(), open);
      }
    }
    return positions;
  }

  private long add(LogDatabase database, TenantLog tenant, IndexWindow window, Event event)
      throws RocksDBException {
    EventRow row = new EventRow(event);
    if (tenant.horizon().deleted()) {
      return TelemetryStore.NOT_STORED;
    }
    if (tenant.stage()) {
      touched.add(tenant);
    }
    long position = tenant.nextPosition();
    RowBatch.Mark mark = rows.mark();
    int rowBytes = row.bytes();
    try {
      int at = rows.startRow(database.log().getID(), Keys.log(tenant.tenant(), position), rowBytes);
      seal(tenant, SealedContext.EVENT_LOG, event, row.write(rows.array(), at, position));
    } catch (ProblemException refused) {
      if (refused.problem().code() != Problem.Code.NOT_FOUND) {
        throw refused;
      }
      // The tenant's keys were shredded: it is being deleted, and its events with it.
      rows.backTo(mark);
      return TelemetryStore.NOT_STORED;
    }
    indexRows.add(IndexRow.of(event, position, window));
    long counted = (long) Keys.LOG_BYTES + rowBytes + ROW_OVERHEAD_BYTES + INDEX_ROW_BYTES;
    Segment ended = tenant.add(event.timeMillis(), counted);
    if (ended != null) {
      addSegment(database, tenant.tenant(), ended);
    }
    return position;
  }

  /**
   * Adds the index rows in the order of their keys: RocksDB finds the place of a key much faster
   * from that of the one before it. Devices report in no order, so this is what an append costs
   * most.
   */
  private void addIndexRows() {
    indexRows.sort(IndexRow.BY_KEY);
    for (IndexRow row : indexRows) {
      rows.put(row.columnFamily(), row.key(), row.value());
    }
    indexRows.clear();
  }

  private void addLastEvents(LogDatabase database, List<Event> batch, long[] positions) {
    Set<LastKey> newest = new HashSet<>();
    for (int i = positions.length - 1; i >= 0; i--) {
      Event event = batch.get(i);
      if (positions[i] == TelemetryStore.NOT_STORED
          || !lastEventCacheEnabled.test(event.tenantNumber())
          || !newest.add(new LastKey(event.tenantNumber(), event.deviceNumber(), event.name()))) {
        continue;
      }
      EventRow row = new EventRow(event);
      RowBatch.Mark mark = rows.mark();
      try {
        int at =
            rows.startRow(
                database.last().getID(),
                Keys.last(event.tenantNumber(), event.deviceNumber(), row.name()),
                row.bytes());
        seal(
            tenants.get(event.tenantNumber()),
            SealedContext.LAST_EVENT,
            event,
            row.write(rows.array(), at, positions[i]));
      } catch (ProblemException refused) {
        if (refused.problem().code() != Problem.Code.NOT_FOUND) {
          throw refused;
        }
        rows.backTo(mark);
      }
    }
  }

  private void addMarkers(LogDatabase database, long[] positions, Map<Integer, Marker> markers) {
    markers.forEach((at, marker) -> {
      if (positions[at] != TelemetryStore.NOT_STORED) {
        rows.put(database.received().getID(), marker.key(), marker.value());
      }
    });
  }

  private record LastKey(int tenant, long device, String name) {}

  private void addSegment(LogDatabase database, int tenant, Segment segment) {
    rows.put(database.meta().getID(), Keys.segment(tenant, segment.first()), segment.encode());
  }

  private void seal(TenantLog tenant, byte storeKind, Event event, int at) {
    PayloadCipher cipher = tenant.cipher(keys);
    SealedContext context =
        new SealedContext(storeKind, tenant.tenant(), event.deviceNumber(), event.timeMillis());
    cipher.seal(context, event.payload().sharedBytes(), rows.array(), at);
  }
}
