package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jooq.DSLContext;

/** An open transaction of one connection. Belongs to the thread that runs it. */
final class Transaction {
  private final Connection connection;
  private final DSLContext sql;
  private final Faults faults;
  private final List<Joined<?>> joined = new ArrayList<>();
  private final List<Runnable> atEnd = new ArrayList<>();
  private int depth;
  private boolean secretErased;
  private Optional<Problem> lost = Optional.empty();

  Transaction(Connection connection, DSLContext sql, Faults faults) {
    this.connection = connection;
    this.sql = sql;
    this.faults = faults;
  }

  Connection connection() {
    return connection;
  }

  DSLContext sql() {
    return sql;
  }

  /**
   * Runs {@code work} under a savepoint: when it throws, its changes are undone and those before it
   * stay.
   */
  <T> T atomically(Supplier<T> work) {
    String savepoint = "work_" + depth;
    int joinedBefore = joined.size();
    execute("SAVEPOINT " + savepoint);
    depth++;
    T result;
    try {
      result = work.get();
    } catch (Throwable thrown) {
      depth--;
      joined.subList(joinedBefore, joined.size()).replaceAll(one -> one.undoneBy(thrown));
      undo(savepoint, thrown);
      throw thrown;
    }
    depth--;
    execute("RELEASE SAVEPOINT " + savepoint);
    return result;
  }

  /** As {@link #atomically}; the future completes when the whole transaction is durable. */
  <T> CompletableFuture<T> join(Supplier<T> work) {
    CompletableFuture<T> future = new CompletableFuture<>();
    try {
      T result = atomically(work);
      joined.add(new Joined<>(future, () -> future.complete(result), Optional.empty()));
    } catch (RuntimeException thrown) {
      future.completeExceptionally(thrown);
    }
    return future;
  }

  /** Takes what joined since the last call: within one caller's work. */
  List<Joined<?>> takeJoined() {
    List<Joined<?>> taken = List.copyOf(joined);
    joined.clear();
    return taken;
  }

  /** Has {@code step} run by {@link #ended}, also when the work that asked for it is undone. */
  void atEnd(Runnable step) {
    atEnd.add(step);
  }

  /** To be called when the commit has succeeded or failed, before any caller is told. */
  void ended() {
    atEnd.forEach(Runnable::run);
    atEnd.clear();
  }

  void noteSecretErased() {
    secretErased = true;
  }

  boolean secretErased() {
    return secretErased;
  }

  /**
   * Why nothing of this transaction can be committed any more: after some faults (a full disk, a
   * lost connection) a database takes back all of it by itself.
   */
  Optional<Problem> lost() {
    return lost;
  }

  private void undo(String savepoint, Throwable thrown) {
    try {
      statement("ROLLBACK TO SAVEPOINT " + savepoint);
      statement("RELEASE SAVEPOINT " + savepoint);
    } catch (SQLException e) {
      SQLException first = Faults.sqlCause(thrown);
      lost = Optional.of(faults.problem(first == null ? e : first, Faults.UNKNOWN));
      thrown.addSuppressed(e);
    }
  }

  private void execute(String text) {
    try {
      statement(text);
    } catch (SQLException e) {
      Problem problem = faults.problem(e, Faults.UNKNOWN);
      lost = Optional.of(problem);
      throw faults.exception(e, Faults.UNKNOWN);
    }
  }

  private void statement(String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  /** Work that was submitted inside other work, and ends with it. */
  record Joined<T>(CompletableFuture<T> future, Runnable onCommit, Optional<Throwable> undone) {
    Joined<T> undoneBy(Throwable thrown) {
      return undone.isPresent() ? this : new Joined<>(future, onCommit, Optional.of(thrown));
    }

    void committed() {
      undone.ifPresentOrElse(future::completeExceptionally, onCommit);
    }

    void failed(Throwable thrown) {
      future.completeExceptionally(undone.orElse(thrown));
    }
  }
}
