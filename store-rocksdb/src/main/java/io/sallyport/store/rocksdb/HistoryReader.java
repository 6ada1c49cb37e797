package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.telemetry.EventQuery;
import io.sallyport.platform.telemetry.StoredEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/**
 * One device's events, newest first, by way of its index: windows from newest to oldest, and within
 * each the device's rows as they stand. Events are then fetched from the log in one go.
 */
final class HistoryReader {
  private final TenantLogs tenants;
  private final EventOpener opener;

  HistoryReader(TenantLogs tenants, EventOpener opener) {
    this.tenants = tenants;
    this.opener = opener;
  }

  Page<StoredEvent> page(
      LogDatabase database,
      DeviceKey device,
      long deviceNumber,
      int tenantNumber,
      EventQuery query,
      PageRequest page)
      throws RocksDBException {
    @Nullable Place after =
        page.after().map(text -> Place.decode(Place.DEVICE_HISTORY, text)).orElse(null);
    Horizon horizon = tenants.horizon(tenantNumber);
    if (horizon.deleted()) {
      return new Page<>(List.of(), Optional.empty());
    }
    Candidates found = new Candidates(deviceNumber, horizon, query, page, after);
    for (IndexWindow window : database.windows().descendingMap().values()) {
      if (found.wants(window)) {
        try (RocksIterator rows =
            database.db().newIterator(window.handle(), database.options().oneDevice)) {
          found.look(window, rows);
        }
      }
    }
    List<StoredEvent> events = fetch(database, found.positions, device, deviceNumber, tenantNumber);
    events.removeIf(stored -> query.name().isPresent() && !isNamed(stored, query.name().get()));
    return new Page<>(events, found.next());
  }

  private static boolean isNamed(StoredEvent stored, String name) {
    return stored.event().name().equals(name);
  }

  private List<StoredEvent> fetch(
      LogDatabase database,
      List<Long> positions,
      DeviceKey device,
      long deviceNumber,
      int tenantNumber)
      throws RocksDBException {
    List<byte[]> keys =
        positions.stream().map(position -> Keys.log(tenantNumber, position)).toList();
    List<byte[]> rows =
        keys.isEmpty()
            ? List.of()
            : database.db().multiGetAsList(Collections.nCopies(keys.size(), database.log()), keys);
    SequenceWatch watch = new SequenceWatch(tenantNumber);
    List<StoredEvent> events = new ArrayList<>(rows.size());
    for (int i = 0; i < rows.size(); i++) {
      byte @Nullable [] row = rows.get(i);
      if (row == null) {
        continue; // Its stretch of the log was deleted, the index not yet.
      }
      EventRow.Stored stored = LogReader.parse(keys.get(i), row);
      if (stored.deviceNumber() == deviceNumber) {
        watch.see(stored);
        events.add(opener.open(stored, tenantNumber, device));
      }
    }
    return events;
  }

  /** The positions of one page, while they are being gathered. */
  private static final class Candidates {
    private final List<Long> positions = new ArrayList<>();
    private final long deviceNumber;
    private final Horizon horizon;
    private final long fromMillis;
    private final EventQuery query;
    private final int limit;
    private final byte[] key = new byte[Keys.INDEX_BYTES];
    private final byte[] value = new byte[IndexRow.VALUE_BYTES];
    private int rowsLeft;
    private long lastTime;
    private long lastPosition;
    private boolean skipsFirst;
    private boolean cutShort;

    Candidates(
        long deviceNumber,
        Horizon horizon,
        EventQuery query,
        PageRequest page,
        @Nullable Place after) {
      this.deviceNumber = deviceNumber;
      this.horizon = horizon;
      this.query = query;
      this.limit = page.limit();
      this.rowsLeft = LogReader.rowsMax(page);
      this.fromMillis = Math.max(query.fromMillis(), horizon.timeMillis());
      if (after == null || after.timeMillis() >= query.toMillis()) {
        this.lastTime = query.toMillis() - 1;
        this.lastPosition = -1; // The greatest, as an unsigned number.
      } else {
        this.lastTime = after.timeMillis();
        this.lastPosition = after.position();
        this.skipsFirst = true;
      }
    }

    boolean wants(IndexWindow window) {
      return !cutShort && window.fromMillis() <= lastTime && window.toMillis() > fromMillis;
    }

    void look(IndexWindow window, RocksIterator rows) throws RocksDBException {
      byte[] start =
          lastTime < window.toMillis()
              ? Keys.index(deviceNumber, lastTime, lastPosition)
              : Keys.index(deviceNumber, window.toMillis() - 1, -1);
      rows.seek(start);
      while (rows.isValid()) {
        rows.key(key);
        long time = Keys.indexTime(key);
        long position = Keys.indexPosition(key);
        if (time < fromMillis) {
          return;
        }
        if (!(skipsFirst && time == lastTime && position == lastPosition)) {
          if (positions.size() == limit || rowsLeft <= 0) {
            cutShort = true;
            return;
          }
          rowsLeft--;
          consider(rows, position);
          lastTime = time;
          lastPosition = position;
          skipsFirst = true;
        }
        rows.next();
      }
      rows.status();
    }

    private void consider(RocksIterator rows, long position) {
      if (position < horizon.position()) {
        return;
      }
      if (query.jsonOnly() || query.name().isPresent()) {
        rows.value(value);
        if ((query.jsonOnly() && !IndexRow.isJson(value))
            || (query.name().isPresent() && !IndexRow.maybeNamed(value, query.name().get()))) {
          return;
        }
      }
      positions.add(position);
    }

    Optional<String> next() {
      return cutShort
          ? Optional.of(new Place(Place.DEVICE_HISTORY, lastTime, lastPosition).encode())
          : Optional.empty();
    }
  }
}
