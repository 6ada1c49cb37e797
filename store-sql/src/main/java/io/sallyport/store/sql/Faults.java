package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/** Puts the complaints of one kind of database into the domain's words. */
interface Faults {
  Change UNKNOWN = Change.of("the record");

  /** The problem that {@code cause} means while {@code change} was made. */
  Problem problem(SQLException cause, Change change);

  default ProblemException exception(SQLException cause, Change change) {
    return new ProblemException(problem(cause, change), cause);
  }

  /** Runs {@code access}; what jOOQ throws becomes a problem, all else comes out unchanged. */
  default <T> T translating(Change change, Supplier<T> access) {
    try {
      return access.get();
    } catch (DataAccessException e) {
      SQLException cause = sqlCause(e);
      if (cause == null) {
        throw e;
      }
      throw exception(cause, change);
    }
  }

  static @Nullable SQLException sqlCause(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  static Problem alreadyExists(Change change) {
    return new Problem(Problem.Code.ALREADY_EXISTS, change.subject() + " already exists");
  }

  static Problem foreignKey(Change change) {
    String text =
        change.onForeignKey() == Problem.Code.IN_USE
            ? change.subject() + " is in use"
            : "what " + change.subject() + " belongs to does not exist";
    return new Problem(change.onForeignKey(), text);
  }

  static Problem invalid(Change change) {
    return new Problem(
        Problem.Code.INVALID, change.subject() + " has a value that is too long or malformed");
  }

  /** Whether the fault lies with the storage rather than with what was asked of it. */
  static boolean ofStorage(Problem problem) {
    return switch (problem.code()) {
      case STORAGE_FULL, STORAGE_FAILED, CORRUPT, UNAVAILABLE -> true;
      case NOT_FOUND,
          ALREADY_EXISTS,
          IN_USE,
          INVALID,
          BAD_CURSOR,
          TOO_LARGE,
          LIMIT_REACHED,
          UNAUTHENTICATED,
          FORBIDDEN,
          CONFLICT ->
          false;
    };
  }
}
