package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads on a few platform threads, whoever calls: SQLite's native calls would hold a virtual
 * thread's carrier, and with it every other virtual thread, for as long as they run.
 */
final class SqliteReaders implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteReaders.class);

  private final SqliteConnections connections;
  private final Faults faults;
  private final ThreadPoolExecutor threads;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

  SqliteReaders(SqliteConnections connections, Faults faults, int readers, int waitingMax) {
    this.connections = connections;
    this.faults = faults;
    this.threads =
        new ThreadPoolExecutor(
            readers,
            readers,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waitingMax),
            Thread.ofPlatform().name("registry-reader-", 0).daemon().factory());
  }

  <T> T read(Function<DSLContext, T> query) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      threads.execute(() -> run(query, result));
    } catch (RejectedExecutionException e) {
      throw new ProblemException(
          new Problem(
              Problem.Code.UNAVAILABLE,
              threads.isShutdown()
                  ? "the registry is closed"
                  : "too many reads wait for the registry; try again later"),
          e);
    }
    return Work.await(result);
  }

  @Override
  public void close() {
    threads.close();
    Connection connection = idle.poll();
    while (connection != null) {
      closeQuietly(connection);
      connection = idle.poll();
    }
  }

  private <T> void run(Function<DSLContext, T> query, CompletableFuture<T> result) {
    try {
      result.complete(faults.translating(Faults.UNKNOWN, () -> onConnection(query)));
    } catch (Throwable thrown) {
      // Told to the caller, whatever it is; this thread goes on.
      result.completeExceptionally(thrown);
    }
  }

  private <T> T onConnection(Function<DSLContext, T> query) {
    Connection connection = idle.poll();
    if (connection == null) {
      connection = open();
    }
    boolean sound = false;
    try {
      T answer = query.apply(SqlSettings.on(connection, SQLDialect.SQLITE));
      sound = true;
      return answer;
    } catch (ProblemException refused) {
      sound = true; // a refusal of ours, e.g. a bad cursor, says nothing of the connection
      throw refused;
    } finally {
      if (sound) {
        idle.push(connection);
      } else {
        closeQuietly(connection);
      }
    }
  }

  private Connection open() {
    try {
      return connections.openReader();
    } catch (SQLException e) {
      throw faults.exception(e, Faults.UNKNOWN);
    }
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // A connection given up has nothing left to lose; the fault itself was told to its caller.
      LOG.debug("Closing a reader failed", e);
    }
  }
}
