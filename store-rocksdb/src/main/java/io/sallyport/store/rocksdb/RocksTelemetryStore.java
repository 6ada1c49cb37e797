package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.EventQuery;
import io.sallyport.platform.telemetry.Marker;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.TenantKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Log and history in one RocksDB instance. Thread-safe; appends are meant to come from one thread.
 *
 * <p>A write that failed leaves RocksDB refusing all further ones. The next append then opens the
 * database anew, and finds out whether the failed batch had reached the log after all; so an append
 * that is tried again with the same list stores nothing twice. While the folder can't be written
 * the failed database stays open, since it can still be read.
 */
public final class RocksTelemetryStore implements TelemetryStore {
  private static final Logger LOG = LoggerFactory.getLogger(RocksTelemetryStore.class);

  /**
   * Space without which the database isn't opened anew: the attempt would fail and end the reads
   * that still work.
   */
  private static final long REOPEN_BYTES_MIN = 8L << 20;

  static {
    RocksDB.loadLibrary();
  }

  private final Path folder;
  private final RocksStoreConfig config;
  private final RocksFaults faults;
  private final RocksOptions options;
  private final TenantLogs tenants = new TenantLogs();
  private final LogWriter writer;
  private final LogCutter cutter;
  private final LogReader reader;
  private final LastEvents lastEvents;

  /** One change of a log's ends at a time: append, retain, delete. Taken before {@link #access}. */
  private final ReentrantLock changes = new ReentrantLock();

  /** Held shared by whoever uses the database, exclusively to close it or to drop a window. */
  private final ReentrantReadWriteLock access = new ReentrantReadWriteLock();

  // Changed under the exclusive lock of access only; null once closed, and while it can't be opened
  // again.
  private volatile @Nullable LogDatabase database;

  // The database of which a write failed; while it is the present one, it must be opened anew.
  private volatile @Nullable LogDatabase broken;

  // Guarded by changes.
  private boolean closed;

  /**
   * Opens the store in {@code folder}, made if it is missing.
   *
   * @param keys every tenant whose events are appended must have a key
   * @param lastEventCacheEnabled tells by tenant number whether last events are kept; asked once
   *     per event and read, so it must be quick
   * @throws ProblemException {@code STORAGE_FAILED}, also if a newer program wrote the folder or
   *     another process uses it; {@code STORAGE_FULL}; {@code CORRUPT}
   */
  public RocksTelemetryStore(
      Path folder, RocksStoreConfig config, TenantKeys keys, IntPredicate lastEventCacheEnabled) {
    this.folder = folder;
    this.config = config;
    this.faults = new RocksFaults(folder);
    this.options = new RocksOptions(config);
    this.writer = new LogWriter(keys, tenants, lastEventCacheEnabled);
    this.lastEvents = new LastEvents(keys, tenants, lastEventCacheEnabled);
    this.cutter = new LogCutter(tenants, lastEvents);
    this.reader = new LogReader(keys, tenants);
    try {
      LogDatabase opened = openDatabase();
      this.database = opened;
      tenants.load(opened);
    } catch (RocksDBException fault) {
      release();
      throw faults.map(fault);
    } catch (ProblemException refused) {
      release();
      throw refused;
    }
  }

  @Override
  public long[] append(List<Event> batch, Map<Integer, Marker> markers) {
    if (batch.isEmpty()) {
      return new long[0];
    }
    changes.lock();
    try {
      requireSpace();
      if (failed()) {
        requireWritable();
        reopen();
      }
      return inDatabase(current -> writer.append(current, batch, markers), true);
    } finally {
      changes.unlock();
    }
  }

  @Override
  public Page<StoredEvent> history(
      DeviceKey device, long deviceNumber, int tenantNumber, EventQuery query, PageRequest page) {
    return inDatabase(
        current -> reader.history(current, device, deviceNumber, tenantNumber, query, page));
  }

  @Override
  public Page<StoredEvent> tenantHistory(int tenantNumber, EventQuery query, PageRequest page) {
    return inDatabase(current -> reader.tenantHistory(current, tenantNumber, query, page));
  }

  @Override
  public List<StoredEvent> lastEvents(
      DeviceKey device,
      long deviceNumber,
      int tenantNumber,
      long notBeforeMillis,
      long payloadBytesMax) {
    return inDatabase(current ->
        lastEvents.list(
            current, device, deviceNumber, tenantNumber, notBeforeMillis, payloadBytesMax));
  }

  @Override
  public Optional<StoredEvent> lastEvent(
      DeviceKey device, long deviceNumber, int tenantNumber, String name, long notBeforeMillis) {
    return inDatabase(current ->
        lastEvents.find(current, device, deviceNumber, tenantNumber, name, notBeforeMillis));
  }

  @Override
  public List<StoredEvent> read(int tenantNumber, long fromPosition, int limit) {
    return inDatabase(current -> reader.read(current, tenantNumber, fromPosition, limit));
  }

  @Override
  public long endPosition(int tenantNumber) {
    return tenants.find(tenantNumber).map(TenantLog::end).orElse(0L);
  }

  @Override
  public Optional<Long> cursor(int tenantNumber, String reader) {
    return inDatabase(current -> {
      byte @Nullable [] value =
          current.db().get(current.cursors(), Keys.cursor(tenantNumber, reader));
      return value == null ? Optional.empty() : Optional.of(ByteBuffer.wrap(value).getLong());
    });
  }

  @Override
  public void commitCursor(int tenantNumber, String reader, long position) {
    byte[] value = ByteBuffer.wrap(new byte[Long.BYTES]).putLong(position).array();
    inDatabase(current -> {
      current.db().put(current.cursors(), options.synced, Keys.cursor(tenantNumber, reader), value);
      return value;
    });
  }

  @Override
  public void retain(int tenantNumber, long notBeforeMillis, long bytesMax) {
    changes.lock();
    try {
      inDatabase(current -> {
        cutter.retain(current, tenantNumber, notBeforeMillis, bytesMax);
        return tenantNumber;
      });
      dropExpiredWindows(notBeforeMillis);
    } finally {
      changes.unlock();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Events of the device that are still on their way in are not found by this: close its
   * connections first. What slips through is seen in the tenant's log only, until retention.
   */
  @Override
  public void deleteDevice(int tenantNumber, long deviceNumber) {
    // Without the lock for changes: this may take long, and appends must not wait for it.
    inDatabase(current -> {
      cutter.deleteDevice(current, tenantNumber, deviceNumber);
      return tenantNumber;
    });
  }

  @Override
  public void deleteTenant(int tenantNumber) {
    changes.lock();
    try {
      inDatabase(current -> {
        cutter.deleteTenant(current, tenantNumber);
        return tenantNumber;
      });
    } finally {
      changes.unlock();
    }
  }

  @Override
  public long bytes(int tenantNumber) {
    return tenants.find(tenantNumber).map(TenantLog::bytes).orElse(0L);
  }

  @Override
  public void checkpoint(Path target) {
    inDatabase(current -> {
      try (Checkpoint checkpoint = Checkpoint.create(current.db())) {
        checkpoint.createCheckpoint(target.toString());
      }
      return target;
    });
  }

  @Override
  public void close() {
    changes.lock();
    access.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        release();
      }
    } finally {
      access.writeLock().unlock();
      changes.unlock();
    }
  }

  interface Use<T> {
    T in(LogDatabase database) throws RocksDBException;
  }

  private <T> T inDatabase(Use<T> use) {
    return inDatabase(use, false);
  }

  /**
   * @param writes whether a fault leaves the database refusing further writes
   */
  private <T> T inDatabase(Use<T> use, boolean writes) {
    @Nullable LogDatabase current = null;
    access.readLock().lock();
    try {
      current = database;
      if (current == null) {
        throw new Problem(
                Problem.Code.STORAGE_FAILED, "the log in " + folder + " is not open at present")
            .asException();
      }
      return use.in(current);
    } catch (RocksDBException fault) {
      if (writes) {
        broken = current;
      }
      throw faults.map(fault);
    } finally {
      access.readLock().unlock();
    }
  }

  /** Reads for the session store, which shares the database. */
  <T> T read(Use<T> use) {
    return inDatabase(use, false);
  }

  /**
   * Writes for the session store, without the lock of appends: the two wait for each other's sync
   * only, and share the next where both are ready for it. A write that failed may be tried again,
   * if its rows don't depend on what they replace.
   *
   * @param needsSpace whether it may be refused to keep space free
   */
  void write(Use<?> use, boolean needsSpace) {
    if (needsSpace) {
      requireSpace();
    }
    if (failed()) {
      changes.lock();
      try {
        if (failed()) {
          requireSpace();
          requireWritable();
          reopen();
        }
      } finally {
        changes.unlock();
      }
    }
    inDatabase(use, true);
  }

  private boolean failed() {
    LogDatabase present = database;
    return present == null || present == broken;
  }

  private void requireSpace() {
    long free;
    try {
      free = Files.getFileStore(folder).getUsableSpace();
    } catch (IOException unreadable) {
      throw new ProblemException(
          new Problem(
              Problem.Code.STORAGE_FAILED,
              "the volume of " + folder + " can't be asked: " + unreadable.getMessage()),
          unreadable);
    }
    long wanted =
        failed() ? Math.max(config.freeBytesMin(), REOPEN_BYTES_MIN) : config.freeBytesMin();
    if (free < wanted) {
      throw faults.full(free, wanted);
    }
  }

  /** Opening needs to write; where that can't be done, trying it would end the reads. */
  private void requireWritable() {
    Path probe = folder.resolve("probe");
    try {
      try (FileChannel channel =
          FileChannel.open(probe, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(new byte[] {'?'}));
        channel.force(true);
      }
      Files.delete(probe);
    } catch (IOException unwritable) {
      throw faults.unwritable(unwritable);
    }
  }

  private void reopen() {
    access.writeLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      LogDatabase present = database;
      database = null;
      if (present != null) {
        present.close();
      }
      LogDatabase opened = openDatabase();
      database = opened;
      broken = opened; // Until all of the following is done.
      // What the log's last file holds may never have reached the disk: a sync that failed once is
      // not to be trusted when it succeeds later. New files are.
      opened.flush();
      writer.settle(opened);
      broken = null;
      LOG.info("The log in {} was opened anew after a failed write", folder);
    } catch (RocksDBException fault) {
      throw faults.map(fault);
    } finally {
      access.writeLock().unlock();
    }
  }

  private void dropExpiredWindows(long notBeforeMillis) {
    LogDatabase present = database;
    if (present == null
        || present.windows().isEmpty()
        || present.windows().firstEntry().getValue().toMillis() > notBeforeMillis) {
      return;
    }
    long horizon = tenants.oldestHorizonMillis();
    access.writeLock().lock();
    try {
      LogDatabase current = database;
      if (current == null) {
        return;
      }
      for (IndexWindow window : List.copyOf(current.windows().values())) {
        if (window.toMillis() <= horizon) {
          current.drop(window);
        }
      }
    } catch (RocksDBException fault) {
      throw faults.map(fault);
    } finally {
      access.writeLock().unlock();
    }
  }

  private LogDatabase openDatabase() throws RocksDBException {
    try {
      return LogDatabase.open(folder, config, options);
    } catch (IOException unwritable) {
      throw new ProblemException(
          new Problem(
              Problem.Code.STORAGE_FAILED,
              "the folder " + folder + " can't be made: " + unwritable.getMessage()),
          unwritable);
    }
  }

  private void release() {
    LogDatabase current = database;
    database = null;
    if (current != null) {
      current.close();
    }
    options.close();
  }
}
