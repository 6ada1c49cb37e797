package io.sallyport.store.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection that alone writes the registry's file. Belongs to the writer's thread. */
final class SqliteLane implements WriteLane {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteLane.class);

  /** How long erased secrets may stay in the write-ahead log while changes keep coming. */
  private static final long TRUNCATE_NANOS_MAX = 1_000_000_000;

  private final SqliteConnections connections;
  private final Faults faults;
  private @Nullable Connection connection;
  private boolean failed;
  private boolean truncationDue;
  private long truncationDueSince;

  SqliteLane(SqliteConnections connections, Faults faults) {
    this.connections = connections;
    this.faults = faults;
  }

  @Override
  public Transaction begin() throws SQLException {
    failed = true; // until a commit succeeds
    Connection open = connection();
    try {
      execute(open, "BEGIN IMMEDIATE");
    } catch (SQLException e) {
      giveUp(open);
      throw e;
    }
    return new Transaction(open, SqlSettings.on(open, SQLDialect.SQLITE), faults);
  }

  @Override
  public void commit(Transaction transaction) throws SQLException {
    execute(transaction.connection(), "COMMIT");
    failed = false;
    if (transaction.secretErased() && !truncationDue) {
      truncationDue = true;
      truncationDueSince = System.nanoTime();
    }
    if (truncationDue && System.nanoTime() - truncationDueSince > TRUNCATE_NANOS_MAX) {
      truncationDueSince = System.nanoTime();
      try {
        truncateLog(transaction.connection());
      } catch (SQLException e) {
        // The commit stands; the truncation is tried again when idle, which reports its failure.
        LOG.warn("Truncating the registry's write-ahead log failed, it is tried again", e);
      }
    }
  }

  /**
   * A fresh connection follows: closing rolls back, and leaves no doubt about what state it is in.
   */
  @Override
  public void abandon(Transaction transaction) {
    failed = true;
    giveUp(transaction.connection());
  }

  @Override
  public void idle() throws SQLException {
    if (failed) {
      probe();
    }
    if (truncationDue) {
      truncateLog(connection());
    }
  }

  void close() throws SQLException {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  /** After a fault: whether a page can be written again, without changing anything. */
  private void probe() throws SQLException {
    Connection open = connection();
    try {
      execute(open, "BEGIN IMMEDIATE");
      execute(
          open,
          "INSERT INTO settings (setting, content) VALUES ('registry.probe', hex(randomblob(4096)))"
              + " ON CONFLICT (setting) DO UPDATE SET content = excluded.content");
      execute(open, "DELETE FROM settings WHERE setting = 'registry.probe'");
      execute(open, "COMMIT");
      failed = false;
    } catch (SQLException e) {
      giveUp(open);
      throw e;
    }
  }

  /**
   * THREATS T04: after a deletion of secrets the log, which still holds the pages as they were, is
   * copied into the file and cut to nothing. A reader in the middle of its query keeps it from
   * being cut; then it stays due.
   */
  private void truncateLog(Connection open) throws SQLException {
    try (Statement statement = open.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
      truncationDue = row.next() && row.getInt(1) != 0;
    }
  }

  private Connection connection() throws SQLException {
    if (connection == null) {
      connection = connections.openWriter();
    }
    return connection;
  }

  private void giveUp(Connection broken) {
    connection = null;
    try {
      broken.close();
    } catch (SQLException e) {
      LOG.debug("Closing the failed writer connection failed", e);
    }
  }

  private static void execute(Connection on, String text) throws SQLException {
    try (Statement statement = on.createStatement()) {
      statement.execute(text);
    }
  }
}
