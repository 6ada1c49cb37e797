package io.sallyport.store.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Opens connections to the registry's file, all set the same way. */
final class SqliteConnections {
  private static final int BUSY_TIMEOUT_MILLIS = 10_000;

  /**
   * Per connection. Index pages of some 100,000 devices; the default of 2 MiB made writes spill.
   */
  private static final int CACHE_KIB = 16 * 1024;

  /** The log goes into the file when it has grown so far: 16 MiB. */
  private static final int LOG_PAGES = 4000;

  private final SQLiteDataSource source;

  SqliteConnections(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    config.enforceForeignKeys(true);
    // Sorting and the like never spill to a file in the clear elsewhere (THREATS T03).
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setCacheSize(-CACHE_KIB);
    this.source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
  }

  SQLiteDataSource source() {
    return source;
  }

  /** A connection that may change things. */
  Connection openWriter() throws SQLException {
    // THREATS T04: deleted content is overwritten.
    return open("PRAGMA secure_delete = ON", "PRAGMA wal_autocheckpoint = " + LOG_PAGES);
  }

  Connection openReader() throws SQLException {
    return open("PRAGMA query_only = ON");
  }

  private Connection open(String... pragmas) throws SQLException {
    Connection connection = source.getConnection();
    try (Statement statement = connection.createStatement()) {
      for (String pragma : pragmas) {
        statement.execute(pragma);
      }
      // A damaged page is reported rather than believed; the schema runs no functions of its own.
      statement.execute("PRAGMA cell_size_check = ON");
      statement.execute("PRAGMA trusted_schema = OFF");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}
