package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * An open database with its column families. Its owner sees to it that no read or write runs while
 * it is closed or a window is dropped.
 */
final class LogDatabase implements AutoCloseable {
  static final byte STORE_VERSION = 1;

  private static final String LOG = "log";
  private static final String LAST = "last";
  private static final String CURSORS = "cursors";
  private static final String SESSIONS = "sessions";
  private static final String QUEUES = "queues";
  private static final String RECEIVED = "received";
  private static final String RETAINED = "retained";
  private static final List<String> FIXED =
      List.of(LOG, LAST, CURSORS, SESSIONS, QUEUES, RECEIVED, RETAINED);

  private final RocksDB db;
  private final RocksOptions options;
  private final long windowMillis;
  private final ColumnFamilyHandle meta;
  private final ColumnFamilyHandle log;
  private final ColumnFamilyHandle last;
  private final ColumnFamilyHandle cursors;
  private final ColumnFamilyHandle sessions;
  private final ColumnFamilyHandle queues;
  private final ColumnFamilyHandle received;
  private final ColumnFamilyHandle retained;
  private final NavigableMap<Long, IndexWindow> windows = new ConcurrentSkipListMap<>();

  private LogDatabase(
      RocksDB db, RocksOptions options, long windowMillis, List<ColumnFamilyHandle> handles)
      throws RocksDBException {
    this.db = db;
    this.options = options;
    this.windowMillis = windowMillis;
    this.meta = handles.get(0);
    this.log = handles.get(1);
    this.last = handles.get(2);
    this.cursors = handles.get(3);
    this.sessions = handles.get(4);
    this.queues = handles.get(5);
    this.received = handles.get(6);
    this.retained = handles.get(7);
    for (ColumnFamilyHandle handle : handles.subList(1 + FIXED.size(), handles.size())) {
      IndexWindow.of(handle.getName(), handle)
          .ifPresent(window -> windows.put(window.fromMillis(), window));
    }
  }

  /** Opens the folder, made if it is missing; refuses what a newer program wrote. */
  static LogDatabase open(Path folder, RocksStoreConfig config, RocksOptions options)
      throws RocksDBException, IOException {
    Files.createDirectories(folder);
    List<ColumnFamilyDescriptor> families = new ArrayList<>();
    Set<String> known = new HashSet<>(FIXED);
    known.add("default");
    families.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options.rows));
    for (String name : FIXED) {
      families.add(
          new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII), options.rows));
    }
    try (Options listing = new Options()) {
      for (byte[] name : RocksDB.listColumnFamilies(listing, folder.toString())) {
        if (known.add(new String(name, StandardCharsets.US_ASCII))) {
          families.add(new ColumnFamilyDescriptor(name, options.index));
        }
      }
    }
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    RocksDB db = RocksDB.open(options.database, folder.toString(), families, handles);
    LogDatabase opened = new LogDatabase(db, options, config.indexWindow().toMillis(), handles);
    try {
      opened.checkVersion(folder);
      return opened;
    } catch (RocksDBException | ProblemException refused) {
      opened.close();
      throw refused;
    }
  }

  private void checkVersion(Path folder) throws RocksDBException {
    byte @Nullable [] version = db.get(meta, Keys.VERSION);
    if (version == null) {
      db.put(meta, options.synced, Keys.VERSION, new byte[] {STORE_VERSION});
    } else if (version.length != 1 || version[0] > STORE_VERSION) {
      throw new Problem(
              Problem.Code.STORAGE_FAILED,
              "the log in "
                  + folder
                  + " was written by a newer program (store version "
                  + (version.length == 1 ? version[0] : "?")
                  + ", this program knows "
                  + STORE_VERSION
                  + "); use that program, or restore a backup")
          .asException();
    }
  }

  RocksDB db() {
    return db;
  }

  RocksOptions options() {
    return options;
  }

  ColumnFamilyHandle meta() {
    return meta;
  }

  ColumnFamilyHandle log() {
    return log;
  }

  ColumnFamilyHandle last() {
    return last;
  }

  ColumnFamilyHandle cursors() {
    return cursors;
  }

  /** Session records, subscriptions, and all else that {@link SessionKeys} puts there. */
  ColumnFamilyHandle sessions() {
    return sessions;
  }

  /** Messages that wait for sessions. */
  ColumnFamilyHandle queues() {
    return queues;
  }

  /** Received QoS 2 ids: the markers of appends. */
  ColumnFamilyHandle received() {
    return received;
  }

  /** Retained messages. */
  ColumnFamilyHandle retained() {
    return retained;
  }

  /** The windows, by their beginning. */
  NavigableMap<Long, IndexWindow> windows() {
    return windows;
  }

  /** The window for the time, made if it is missing; for the appending thread only. */
  IndexWindow window(long timeMillis) throws RocksDBException {
    Map.Entry<Long, IndexWindow> before = windows.floorEntry(timeMillis);
    if (before != null && before.getValue().covers(timeMillis)) {
      return before.getValue();
    }
    long from = timeMillis - timeMillis % windowMillis;
    long to = from + windowMillis;
    // Windows made under another setting keep their bounds; a new one fills the gap between them.
    if (before != null) {
      from = Math.max(from, before.getValue().toMillis());
    }
    Long after = windows.higherKey(timeMillis);
    if (after != null) {
      to = Math.min(to, after);
    }
    ColumnFamilyHandle handle =
        db.createColumnFamily(
            new ColumnFamilyDescriptor(IndexWindow.name(from, to), options.index));
    IndexWindow made = new IndexWindow(from, to, handle);
    windows.put(from, made);
    return made;
  }

  /** Drops the window with all its rows; its files go at once. */
  void drop(IndexWindow window) throws RocksDBException {
    db.dropColumnFamily(window.handle());
    windows.remove(window.fromMillis());
    window.handle().close();
  }

  /** Writes all rows in memory to table files, synced. */
  void flush() throws RocksDBException {
    List<ColumnFamilyHandle> all = new ArrayList<>(fixed());
    windows.values().forEach(window -> all.add(window.handle()));
    try (FlushOptions waiting = new FlushOptions().setWaitForFlush(true)) {
      db.flush(waiting, all);
    }
  }

  private List<ColumnFamilyHandle> fixed() {
    return List.of(meta, log, last, cursors, sessions, queues, received, retained);
  }

  @Override
  public void close() {
    windows.values().forEach(window -> window.handle().close());
    fixed().forEach(ColumnFamilyHandle::close);
    db.close();
  }
}
