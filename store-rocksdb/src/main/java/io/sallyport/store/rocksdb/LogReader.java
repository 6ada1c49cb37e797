package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.telemetry.EventQuery;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.tenant.SealedContext;
import io.sallyport.platform.tenant.TenantKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.rocksdb.RocksDBException;

/** Reads of a tenant's log in its order, either way. Thread-safe. */
final class LogReader {
  /** Bytes of rows that one read hands out at most, but for its first event. */
  private static final long READ_BYTES_MAX = 8L << 20;

  private final TenantLogs tenants;
  private final EventOpener opener;
  private final HistoryReader history;

  LogReader(TenantKeys keys, TenantLogs tenants) {
    this.tenants = tenants;
    this.opener = new EventOpener(keys, SealedContext.EVENT_LOG);
    this.history = new HistoryReader(tenants, opener);
  }

  /** Rows that a page may look at, so that no query costs more than this, whatever it matches. */
  static int rowsMax(PageRequest page) {
    return 10 * page.limit() + 1_000;
  }

  static boolean matches(EventRow.Stored row, EventQuery query) {
    return row.timeMillis() >= query.fromMillis()
        && row.timeMillis() < query.toMillis()
        && (query.name().isEmpty() || query.name().get().equals(row.name()))
        && (!query.jsonOnly() || row.format().equals("json"));
  }

  static EventRow.Stored parse(byte[] key, byte[] row) {
    int tenant = Keys.tenant(key);
    long position = Keys.logPosition(key);
    String where = "the event at position " + position + " of tenant number " + tenant;
    EventRow.Stored stored = EventRow.parse(row, where);
    if (stored.position() != position) {
      throw new Problem(Problem.Code.CORRUPT, where + " belongs elsewhere").asException();
    }
    return stored;
  }

  Page<StoredEvent> history(
      LogDatabase database,
      DeviceKey device,
      long deviceNumber,
      int tenantNumber,
      EventQuery query,
      PageRequest page)
      throws RocksDBException {
    return history.page(database, device, deviceNumber, tenantNumber, query, page);
  }

  List<StoredEvent> read(LogDatabase database, int tenantNumber, long fromPosition, int limit)
      throws RocksDBException {
    Horizon horizon = tenants.horizon(tenantNumber);
    List<StoredEvent> events = new ArrayList<>();
    if (horizon.deleted() || limit < 1) {
      return events;
    }
    SequenceWatch watch = new SequenceWatch(tenantNumber);
    Devices devices = new Devices();
    long bytes = 0;
    try (Scan scan =
        new Scan(
            database,
            database.log(),
            Keys.log(tenantNumber, Math.max(fromPosition, horizon.position())),
            Keys.tenantEnd(tenantNumber))) {
      for (scan.rows().seekToFirst(); scan.valid(); scan.rows().next()) {
        EventRow.Stored row = parse(scan.rows().key(), scan.rows().value());
        watch.see(row);
        if (horizon.shows(row.position(), row.timeMillis())) {
          events.add(opener.open(row, tenantNumber, devices.key(row)));
          bytes += row.bytes().length;
          if (events.size() == limit || bytes > READ_BYTES_MAX) {
            break;
          }
        }
      }
    }
    return events;
  }

  Page<StoredEvent> tenantHistory(
      LogDatabase database, int tenantNumber, EventQuery query, PageRequest page)
      throws RocksDBException {
    long before =
        page.after()
            .map(text -> Place.decode(Place.TENANT_HISTORY, text).position())
            .orElse(Long.MAX_VALUE);
    Horizon horizon = tenants.horizon(tenantNumber);
    if (horizon.deleted() || before <= horizon.position()) {
      return new Page<>(List.of(), Optional.empty());
    }
    TenantPage found =
        new TenantPage(tenantNumber, horizon, query, page.limit(), rowsMax(page), before);
    try (Scan segments =
            new Scan(
                database,
                database.meta(),
                Keys.segment(tenantNumber, 0),
                Keys.segment(tenantNumber + 1, 0));
        Scan log =
            new Scan(
                database,
                database.log(),
                Keys.log(tenantNumber, horizon.position()),
                Keys.tenantEnd(tenantNumber))) {
      segments.rows().seekForPrev(Keys.segment(tenantNumber, before - 1));
      while (segments.valid() && found.goesOn()) {
        Segment segment = Segment.decode(segments.rows().key(), segments.rows().value());
        found.look(segment, log);
        segments.rows().prev();
      }
    }
    return found.page();
  }

  /** A page of a tenant's history while it fills up, newest first. */
  private final class TenantPage {
    private final int tenantNumber;
    private final Horizon horizon;
    private final EventQuery query;
    private final int limit;
    private final List<StoredEvent> items = new ArrayList<>();
    private final SequenceWatch watch;
    private final Devices devices = new Devices();
    private int rowsLeft;
    private long before;
    private boolean cutShort;

    TenantPage(
        int tenantNumber, Horizon horizon, EventQuery query, int limit, int rowsMax, long before) {
      this.tenantNumber = tenantNumber;
      this.horizon = horizon;
      this.query = query;
      this.limit = limit;
      this.rowsLeft = rowsMax;
      this.before = before;
      this.watch = new SequenceWatch(tenantNumber);
    }

    boolean goesOn() {
      return !cutShort;
    }

    /** Looks through a segment, or passes it over if its times are all outside the query. */
    void look(Segment segment, Scan log) throws RocksDBException {
      rowsLeft--;
      if (segment.minTimeMillis() >= query.toMillis()
          || segment.maxTimeMillis() < query.fromMillis()
          || segment.maxTimeMillis() < horizon.timeMillis()) {
        before = Math.min(before, segment.first());
        cutShort = rowsLeft <= 0;
        return;
      }
      log.rows().seekForPrev(Keys.log(tenantNumber, Math.min(segment.last(), before - 1)));
      while (log.valid() && Keys.logPosition(log.rows().key()) >= segment.first()) {
        if (items.size() == limit || rowsLeft <= 0) {
          cutShort = true;
          return;
        }
        EventRow.Stored row = parse(log.rows().key(), log.rows().value());
        watch.see(row);
        if (matches(row, query) && horizon.shows(row.position(), row.timeMillis())) {
          items.add(opener.open(row, tenantNumber, devices.key(row)));
        }
        before = row.position();
        rowsLeft--;
        log.rows().prev();
      }
    }

    Page<StoredEvent> page() {
      return new Page<>(
          items,
          cutShort
              ? Optional.of(new Place(Place.TENANT_HISTORY, 0, before).encode())
              : Optional.empty());
    }
  }

  /** Keys of the devices met in one read, taken apart once each. */
  private static final class Devices {
    private final Map<Long, DeviceKey> keys = new HashMap<>();

    DeviceKey key(EventRow.Stored row) {
      return keys.computeIfAbsent(row.deviceNumber(), _ -> row.device());
    }
  }
}
