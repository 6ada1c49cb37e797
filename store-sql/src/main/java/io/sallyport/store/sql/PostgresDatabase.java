package io.sallyport.store.sql;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Transactions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;

/**
 * The registry in PostgreSQL. {@code write} runs on the caller's thread in a transaction of its own
 * (read committed; what a store finds inside it is locked until the commit); {@code submit} goes
 * through one group-committing lane, which keeps the order of submission.
 */
final class PostgresDatabase implements Database, Transactions {
  private final HikariDataSource pool;
  private final Faults faults;
  private final PostgresLane lane;
  private final GroupCommit submitted;
  private final CurrentTransaction current = new CurrentTransaction();

  private PostgresDatabase(
      HikariDataSource pool, Faults faults, int writesWaitingMax, MeterRegistry meters) {
    this.pool = pool;
    this.faults = faults;
    this.lane = new PostgresLane(pool, faults);
    this.submitted = new GroupCommit("registry", writesWaitingMax, lane, faults, current, meters);
  }

  /** Connects, and brings the schema up to date. */
  static PostgresDatabase open(RegistryConfig.Postgres config, MeterRegistry meters) {
    PostgresConnections connections;
    try {
      connections = new PostgresConnections(config);
    } catch (SQLException e) {
      throw new IllegalStateException("the driver lacks a property that Sallyport sets", e);
    }
    Faults faults = new PostgresFaults(connections.url().toString());
    requireReachable(connections, faults);
    Schema.migrate(
        connections.source(), Schema.POSTGRES_WORDS, connections.url().toString(), faults);
    return new PostgresDatabase(
        connections.pool(config.connections()), faults, config.writesWaitingMax(), meters);
  }

  @Override
  public Transactions transactions() {
    return this;
  }

  @Override
  public <T> T write(Supplier<T> work) {
    Transaction transaction = current.find();
    return transaction == null ? alone(work) : transaction.atomically(work);
  }

  @Override
  public <T> CompletableFuture<T> submit(Supplier<T> work) {
    Transaction transaction = current.find();
    return transaction == null ? submitted.submit(work) : transaction.join(work);
  }

  @Override
  public <T> T read(Function<DSLContext, T> query) {
    Transaction transaction = current.find();
    if (transaction != null) {
      return faults.translating(Faults.UNKNOWN, () -> query.apply(transaction.sql()));
    }
    requireOpen();
    try (Connection connection = pool.getConnection()) {
      return faults.translating(
          Faults.UNKNOWN, () -> query.apply(SqlSettings.on(connection, SQLDialect.POSTGRES)));
    } catch (SQLException e) {
      throw faults.exception(e, Faults.UNKNOWN);
    }
  }

  /** Never from memory: other processes may write here, and would not tell this one. */
  @Override
  public <K, V> Optional<V> read(
      RecentRows<K, V> rows, K key, Function<DSLContext, Optional<V>> query) {
    return read(query);
  }

  @Override
  public void changing(Runnable forget) {
    // Nothing is remembered.
  }

  @Override
  public <T> T change(Change change, Function<DSLContext, T> statements) {
    return write(() -> faults.translating(change, () -> statements.apply(current.require().sql())));
  }

  @Override
  public boolean mustLock() {
    return current.find() != null;
  }

  /** PostgreSQL gives no means to overwrite; its pages are the administrator's to protect. */
  @Override
  public void secretErased() {
    current.require().noteSecretErased();
  }

  @Override
  public Optional<Problem> fault() {
    return submitted.fault();
  }

  @Override
  public void backupTo(Path file) {
    throw new Problem(
            Problem.Code.CONFLICT,
            "the registry is in PostgreSQL: back it up with pg_dump --format=custom, or with the"
                + " server's own continuous archiving")
        .asException();
  }

  @Override
  public void close() {
    submitted.close();
    pool.close();
  }

  private void requireOpen() {
    if (pool.isClosed()) {
      throw new Problem(Problem.Code.UNAVAILABLE, "the registry is closed").asException();
    }
  }

  private <T> T alone(Supplier<T> supplier) {
    requireOpen();
    Work<T> work = new Work<>(supplier, Runnable::run);
    Transaction transaction;
    try {
      transaction = lane.begin();
    } catch (SQLException e) {
      throw noted(faults.exception(e, Faults.UNKNOWN));
    }
    current.within(transaction, () -> work.run(transaction));
    settle(work, transaction);
    return Work.await(work.future());
  }

  private void settle(Work<?> work, Transaction transaction) {
    if (transaction.lost().isPresent()) {
      lane.abandon(transaction);
      work.failed(noted(transaction.lost().get().asException()));
      return;
    }
    try {
      lane.commit(transaction);
      work.committed();
    } catch (SQLException e) {
      lane.abandon(transaction);
      work.failed(noted(faults.exception(e, Faults.UNKNOWN)));
    }
  }

  private ProblemException noted(ProblemException reason) {
    submitted.noteFault(reason);
    return reason;
  }

  /** Says early and plainly what is wrong with the connection: address, certificate, password. */
  private static void requireReachable(PostgresConnections connections, Faults faults) {
    try (Connection connection = connections.source().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW server_encoding")) {
      if (!row.next() || !"UTF8".equals(row.getString(1))) {
        throw Problem.invalid(
            "the PostgreSQL database " + connections.url() + " must have the encoding UTF8");
      }
    } catch (SQLException e) {
      Problem problem = faults.problem(e, Faults.UNKNOWN);
      String advice =
          tlsRefused(e)
              ? "; the server's certificate must name the host of the URL and be signed by a CA"
                  + " that is trusted here (set the root certificate)"
              : "";
      throw new ProblemException(
          new Problem(problem.code(), problem.text() + ": " + e.getMessage() + advice), e);
    }
  }

  private static boolean tlsRefused(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return true;
      }
    }
    return false;
  }
}
