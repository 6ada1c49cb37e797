package io.sallyport.store.sql;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Problem.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** SQLite's result codes. */
final class SqliteFaults implements Faults {
  /** Below this a failed write is taken for a full disk, whatever the code says. */
  private static final long FREE_BYTES_MIN = 256 * 1024;

  private final Path file;

  SqliteFaults(Path file) {
    this.file = file;
  }

  @Override
  public Problem problem(SQLException cause, Change change) {
    SQLiteErrorCode code =
        cause instanceof SQLiteException sqlite
            ? sqlite.getResultCode()
            : SQLiteErrorCode.getErrorCode(cause.getErrorCode());
    return switch (code) {
      case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID ->
          Faults.alreadyExists(change);
      case SQLITE_CONSTRAINT_FOREIGNKEY -> Faults.foreignKey(change);
      case SQLITE_TOOBIG ->
          new Problem(Code.TOO_LARGE, change.subject() + " is larger than the registry can hold");
      case SQLITE_BUSY, SQLITE_BUSY_SNAPSHOT, SQLITE_BUSY_RECOVERY, SQLITE_LOCKED ->
          new Problem(
              Code.UNAVAILABLE,
              file + " is locked by another program; end that program and try again");
      case SQLITE_FULL -> full();
      case SQLITE_CORRUPT,
          SQLITE_CORRUPT_VTAB,
          SQLITE_CORRUPT_INDEX,
          SQLITE_CORRUPT_SEQUENCE,
          SQLITE_NOTADB ->
          new Problem(
              Code.CORRUPT,
              file + " is damaged; stop Sallyport, keep a copy of the file, restore a backup");
      default ->
          (code.code & 0xff) == SQLiteErrorCode.SQLITE_CONSTRAINT.code
              ? Faults.invalid(change)
              : spaceLeft() < FREE_BYTES_MIN ? full() : failed(code);
    };
  }

  private Problem full() {
    return new Problem(
        Code.STORAGE_FULL,
        "no space left for "
            + file
            + "; free disk space, changes are accepted again by themselves");
  }

  private Problem failed(SQLiteErrorCode code) {
    return new Problem(
        Code.STORAGE_FAILED,
        file
            + " can't be read or written ("
            + code.name()
            + "); look at the disk, the mount and the permissions of its folder");
  }

  private long spaceLeft() {
    try {
      return Files.getFileStore(file.getParent()).getUsableSpace();
    } catch (IOException unknown) {
      // Without an answer the code alone decides.
      return Long.MAX_VALUE;
    }
  }
}
