package io.sallyport.store.sql;

import java.sql.SQLException;

/** Where a {@link GroupCommit} commits. Called by its one thread only. */
interface WriteLane {
  Transaction begin() throws SQLException;

  /** Makes the transaction durable. */
  void commit(Transaction transaction) throws SQLException;

  /** Gives the transaction up after a fault, and with it a connection in doubt. */
  void abandon(Transaction transaction);

  /**
   * Called about every second while nothing is to be written, for what can wait.
   *
   * @throws SQLException what was to be done failed; it is tried again
   */
  void idle() throws SQLException;
}
