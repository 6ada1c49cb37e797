package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Transactions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import org.jooq.DSLContext;

/**
 * A database as the stores see it. Calls made while a transaction of this database is open on the
 * thread join it; others stand alone. Faults come as {@link
 * io.sallyport.platform.base.ProblemException}. Thread-safe; every method blocks.
 */
interface Database extends AutoCloseable {
  Transactions transactions();

  /** Runs a query. */
  <T> T read(Function<DSLContext, T> query);

  /**
   * As {@link #read}, of a row that logins ask for: where nobody else writes this database it may
   * come from {@code rows}.
   */
  <K, V> Optional<V> read(RecentRows<K, V> rows, K key, Function<DSLContext, Optional<V>> query);

  /**
   * Notes that the surrounding transaction changes rows that may be remembered. {@code forget} runs
   * when it has ended, before anybody is told how.
   */
  void changing(Runnable forget);

  /**
   * Runs statements that change something: all of them or, when it throws, none, and the
   * surrounding transaction goes on.
   */
  <T> T change(Change change, Function<DSLContext, T> statements);

  /**
   * Whether the thread is in a transaction that others run beside, so that what it read must be
   * locked to stay as it is until the commit. Never so with one writer.
   */
  boolean mustLock();

  /** Notes that the surrounding transaction takes a secret away (THREATS T04). */
  void secretErased();

  /** What keeps changes from being stored at present, if anything does. */
  Optional<Problem> fault();

  void backupTo(Path file);

  @Override
  void close();
}
