package io.sallyport.store.rocksdb;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Takes events out of the log: by range at its old end, singly for a deleted device, whole for a
 * deleted tenant. All but {@link #deleteDevice} is for one thread at a time, and not while a batch
 * is being appended.
 */
final class LogCutter {
  private static final int DEVICE_ROWS_PER_WRITE = 1_000;

  private final TenantLogs tenants;
  private final LastEvents lastEvents;

  LogCutter(TenantLogs tenants, LastEvents lastEvents) {
    this.tenants = tenants;
    this.lastEvents = lastEvents;
  }

  void retain(LogDatabase database, int tenantNumber, long notBeforeMillis, long bytesMax)
      throws RocksDBException {
    TenantLog tenant = tenants.find(tenantNumber).orElse(null);
    if (tenant == null || tenant.horizon().deleted()) {
      return;
    }
    Horizon before = tenant.horizon();
    Cut cut = findCut(database, tenant, notBeforeMillis, bytesMax);
    Horizon horizon =
        new Horizon(
            Math.max(before.position(), cut.position()),
            Math.max(before.timeMillis(), notBeforeMillis),
            false);
    if (!horizon.equals(before)) {
      boolean cuts = horizon.position() > before.position();
      write(database, tenant, before, horizon, cut, cuts);
      // The horizon hides rows before they are gone, and never the other way round.
      tenant.cut(horizon, cut.bytes(), openAfter(tenant, cut));
      if (cuts) {
        freeFiles(
            database,
            database.log(),
            Keys.log(tenantNumber, 0),
            Keys.log(tenantNumber, horizon.position()));
      }
    }
    lastEvents.sweep(database, tenantNumber, horizon);
  }

  /**
   * What goes.
   *
   * @param position the first position that stays
   * @param shortened the segment that loses only its beginning, as it was; null if none does
   */
  private record Cut(long position, long bytes, @Nullable Segment shortened) {}

  private Cut findCut(LogDatabase database, TenantLog tenant, long notBeforeMillis, long bytesMax)
      throws RocksDBException {
    long position = tenant.horizon().position();
    long gone = 0;
    try (RocksIterator rows = database.db().newIterator(database.meta())) {
      rows.seek(Keys.segment(tenant.tenant(), 0));
      while (isSegmentOf(rows, tenant.tenant())) {
        Segment segment = Segment.decode(rows.key(), rows.value());
        long excess = tenant.bytes() - gone - bytesMax;
        if (segment.maxTimeMillis() < notBeforeMillis || excess >= segment.bytes()) {
          position = segment.last() + 1;
          gone += segment.bytes();
        } else if (excess > 0) {
          position = segment.first() + segment.countForBytes(excess);
          boolean whole = position > segment.last();
          gone += whole ? segment.bytes() : segment.bytes() - segment.from(position).bytes();
          return new Cut(position, gone, whole ? null : segment);
        } else {
          break;
        }
        rows.next();
      }
      rows.status();
    }
    return new Cut(position, gone, null);
  }

  private static boolean isSegmentOf(RocksIterator rows, int tenant) {
    if (!rows.isValid()) {
      return false;
    }
    byte[] key = rows.key();
    return Keys.isSegment(key) && Keys.segmentTenant(key) == tenant;
  }

  private static void write(
      LogDatabase database,
      TenantLog tenant,
      Horizon before,
      Horizon horizon,
      Cut cut,
      boolean cuts)
      throws RocksDBException {
    int number = tenant.tenant();
    try (WriteBatch batch = new WriteBatch()) {
      batch.put(database.meta(), Keys.horizon(number), horizon.encode());
      if (cuts) {
        batch.deleteRange(
            database.log(),
            Keys.log(number, before.position()),
            Keys.log(number, horizon.position()));
        batch.deleteRange(
            database.meta(), Keys.segment(number, 0), Keys.segment(number, horizon.position()));
      }
      Segment shortened = cut.shortened();
      if (shortened != null) {
        Segment left = shortened.from(cut.position());
        batch.put(database.meta(), Keys.segment(number, left.first()), left.encode());
      }
      // A horizon that only moved on in time is found again by the next run, if it is lost.
      WriteOptions options = cuts ? database.options().synced : database.options().unsynced;
      database.db().write(options, batch);
    }
  }

  private static @Nullable Segment openAfter(TenantLog tenant, Cut cut) {
    Segment open = tenant.open();
    if (open == null || open.first() >= cut.position()) {
      return open;
    }
    return open.last() < cut.position() ? null : open.from(cut.position());
  }

  /** Deletes table files that lie wholly within the range, at once instead of by compaction. */
  private static void freeFiles(
      LogDatabase database, ColumnFamilyHandle family, byte[] from, byte[] to)
      throws RocksDBException {
    database.db().deleteFilesInRanges(family, List.of(from, to), false);
  }

  void deleteDevice(LogDatabase database, int tenantNumber, long deviceNumber)
      throws RocksDBException {
    for (IndexWindow window : database.windows().values()) {
      deleteDeviceRows(database, window, tenantNumber, deviceNumber);
    }
    try (WriteBatch batch = new WriteBatch()) {
      for (IndexWindow window : database.windows().values()) {
        batch.deleteRange(
            window.handle(), Keys.indexStart(deviceNumber), Keys.indexEnd(deviceNumber));
      }
      batch.deleteRange(
          database.last(),
          Keys.lastStart(tenantNumber, deviceNumber),
          Keys.lastEnd(tenantNumber, deviceNumber));
      database.db().write(database.options().synced, batch);
    }
  }

  // The log's rows go first: until the index goes too, a call that was cut off can be repeated.
  private static void deleteDeviceRows(
      LogDatabase database, IndexWindow window, int tenantNumber, long deviceNumber)
      throws RocksDBException {
    List<byte[]> doomed = new ArrayList<>();
    try (RocksIterator rows =
        database.db().newIterator(window.handle(), database.options().oneDevice)) {
      for (rows.seek(Keys.indexStart(deviceNumber)); rows.isValid(); rows.next()) {
        doomed.add(Keys.log(tenantNumber, Keys.indexPosition(rows.key())));
        if (doomed.size() == DEVICE_ROWS_PER_WRITE) {
          deleteLogRows(database, doomed);
        }
      }
      rows.status();
    }
    deleteLogRows(database, doomed);
  }

  private static void deleteLogRows(LogDatabase database, List<byte[]> doomed)
      throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      for (byte[] key : doomed) {
        batch.delete(database.log(), key);
      }
      database.db().write(database.options().unsynced, batch);
    }
    doomed.clear();
  }

  void deleteTenant(LogDatabase database, int tenantNumber) throws RocksDBException {
    TenantLog tenant = tenants.get(tenantNumber);
    Horizon horizon = new Horizon(tenant.end(), Long.MAX_VALUE, true);
    byte[] from = Keys.tenantStart(tenantNumber);
    byte[] to = Keys.tenantEnd(tenantNumber);
    try (WriteBatch batch = new WriteBatch()) {
      batch.put(database.meta(), Keys.horizon(tenantNumber), horizon.encode());
      batch.deleteRange(
          database.meta(), Keys.segment(tenantNumber, 0), Keys.segment(tenantNumber + 1, 0));
      batch.deleteRange(database.log(), from, to);
      batch.deleteRange(database.last(), from, to);
      batch.deleteRange(database.cursors(), from, to);
      database.db().write(database.options().synced, batch);
    }
    tenant.delete(horizon);
    freeFiles(database, database.log(), from, to);
    freeFiles(database, database.last(), from, to);
  }
}
