package io.sallyport.store.sql;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jooq.SQLDialect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Transactions on pooled connections. Thread-safe, unlike the transactions it opens. */
final class PostgresLane implements WriteLane {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresLane.class);

  private final HikariDataSource pool;
  private final Faults faults;
  private volatile boolean failed;

  PostgresLane(HikariDataSource pool, Faults faults) {
    this.pool = pool;
    this.faults = faults;
  }

  @Override
  public Transaction begin() throws SQLException {
    Connection connection = connection();
    return new Transaction(connection, SqlSettings.on(connection, SQLDialect.POSTGRES), faults);
  }

  @Override
  public void commit(Transaction transaction) throws SQLException {
    transaction.connection().commit();
    transaction.connection().close();
    failed = false;
  }

  @Override
  public void abandon(Transaction transaction) {
    failed = true;
    try (Connection connection = transaction.connection()) {
      connection.rollback();
    } catch (SQLException e) {
      // The pool throws a connection away that can't be rolled back; the server then does it.
      LOG.debug("Rolling back failed", e);
    }
  }

  @Override
  public void idle() throws SQLException {
    if (failed) {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("UPDATE settings SET content = content WHERE setting = 'registry.probe'");
      }
      failed = false;
    }
  }

  private Connection connection() throws SQLException {
    boolean open = false;
    try {
      Connection connection = pool.getConnection();
      try {
        connection.setAutoCommit(false);
        open = true;
        return connection;
      } finally {
        if (!open) {
          connection.close();
        }
      }
    } finally {
      failed |= !open;
    }
  }
}
