package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Problem.Code;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

/** PostgreSQL's SQLSTATEs. */
final class PostgresFaults implements Faults {
  private final String server;

  /**
   * @param server how the server is named in texts, {@code host:port/database}
   */
  PostgresFaults(String server) {
    this.server = server;
  }

  @Override
  public Problem problem(SQLException cause, Change change) {
    String state = cause.getSQLState() == null ? "" : cause.getSQLState();
    if (cause instanceof SQLTransientConnectionException && state.isEmpty()) {
      return unavailable("has no connection free in time");
    }
    return switch (state) {
      case "23505" -> Faults.alreadyExists(change);
      case "23503" -> Faults.foreignKey(change);
      case "23502", "23514" -> Faults.invalid(change);
      case "54000" ->
          new Problem(Code.TOO_LARGE, change.subject() + " is larger than the registry can hold");
      case "53100" ->
          new Problem(
              Code.STORAGE_FULL,
              "the PostgreSQL server "
                  + server
                  + " has no disk space left; free some, changes are accepted again by themselves");
      case "XX001", "XX002" ->
          new Problem(
              Code.CORRUPT,
              "the PostgreSQL server " + server + " reports damaged data; restore a backup");
      case "40001", "40P01", "55P03", "57014" ->
          unavailable("could not finish this beside other changes; try again");
      case "28000", "28P01", "3D000", "42501" ->
          new Problem(
              Code.STORAGE_FAILED,
              "the PostgreSQL server "
                  + server
                  + " refuses the registry's user or database ("
                  + state
                  + "); check user, password and rights");
      default -> byClass(state, change);
    };
  }

  private Problem byClass(String state, Change change) {
    if (state.startsWith("22")) {
      return Faults.invalid(change);
    }
    if (state.startsWith("08") || state.startsWith("57P") || state.startsWith("53")) {
      return unavailable("can't be reached or takes no more connections (" + state + ")");
    }
    return new Problem(
        Code.STORAGE_FAILED,
        "the PostgreSQL server " + server + " failed (" + state + "); its log says why");
  }

  private Problem unavailable(String what) {
    return new Problem(Code.UNAVAILABLE, "the PostgreSQL server " + server + " " + what);
  }
}
