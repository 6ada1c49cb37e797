package io.sallyport.store.sql;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Transactions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The registry in a SQLite file: one writer with group commit, a few readers. */
final class SqliteDatabase implements Database, Transactions {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteDatabase.class);

  private final Faults faults;
  private final SqliteLane lane;
  private final GroupCommit writer;
  private final SqliteReaders readers;
  private final SqliteBackup backup;
  private final CurrentTransaction current;

  private SqliteDatabase(
      RegistryConfig.Sqlite config,
      SqliteConnections connections,
      Faults faults,
      MeterRegistry meters) {
    this.faults = faults;
    this.current = new CurrentTransaction();
    this.lane = new SqliteLane(connections, faults);
    this.writer =
        new GroupCommit("registry", config.writesWaitingMax(), lane, faults, current, meters);
    this.readers =
        new SqliteReaders(connections, faults, config.readers(), config.readsWaitingMax());
    this.backup = new SqliteBackup(connections, faults);
  }

  /** Opens the file, makes it if there is none, and brings its schema up to date. */
  static SqliteDatabase open(RegistryConfig.Sqlite config, MeterRegistry meters) {
    Path file = config.file();
    Faults faults = new SqliteFaults(file);
    createPrivate(file);
    SqliteConnections connections = new SqliteConnections(file);
    Schema.migrate(connections.source(), Schema.SQLITE_WORDS, file.toString(), faults);
    return new SqliteDatabase(config, connections, faults, meters);
  }

  @Override
  public Transactions transactions() {
    return this;
  }

  @Override
  public <T> T write(Supplier<T> work) {
    Transaction transaction = current.find();
    return transaction == null ? writer.write(work) : transaction.atomically(work);
  }

  @Override
  public <T> CompletableFuture<T> submit(Supplier<T> work) {
    Transaction transaction = current.find();
    return transaction == null ? writer.submit(work) : transaction.join(work);
  }

  @Override
  public <T> T read(Function<DSLContext, T> query) {
    Transaction transaction = current.find();
    return transaction == null
        ? readers.read(query)
        : faults.translating(Faults.UNKNOWN, () -> query.apply(transaction.sql()));
  }

  @Override
  public <K, V> Optional<V> read(
      RecentRows<K, V> rows, K key, Function<DSLContext, Optional<V>> query) {
    // What a transaction has changed is for itself alone until its commit.
    return current.find() == null ? rows.find(key, () -> readers.read(query)) : read(query);
  }

  @Override
  public void changing(Runnable forget) {
    current.require().atEnd(forget);
  }

  @Override
  public <T> T change(Change change, Function<DSLContext, T> statements) {
    return write(() -> faults.translating(change, () -> statements.apply(current.require().sql())));
  }

  @Override
  public boolean mustLock() {
    return false;
  }

  @Override
  public void secretErased() {
    current.require().noteSecretErased();
  }

  @Override
  public Optional<Problem> fault() {
    return writer.fault();
  }

  @Override
  public void backupTo(Path file) {
    backup.to(file);
  }

  @Override
  public void close() {
    readers.close();
    writer.close();
    try {
      lane.close();
    } catch (SQLException e) {
      LOG.warn("Closing the registry's file failed; nothing committed is lost", e);
    }
  }

  /** SQLite gives its log the rights of the file, so these are set before it is first opened. */
  static void createPrivate(Path file) {
    try {
      if (Files.exists(file)) {
        return;
      }
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } else {
        Files.createFile(file);
      }
    } catch (IOException e) {
      throw new ProblemException(
          new Problem(
              Problem.Code.STORAGE_FAILED,
              file + " can't be made; check that its folder exists and may be written"),
          e);
    }
  }
}
