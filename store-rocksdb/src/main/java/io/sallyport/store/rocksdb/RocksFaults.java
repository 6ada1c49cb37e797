package io.sallyport.store.rocksdb;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** RocksDB's faults as problems, in words that say what to do. */
final class RocksFaults {
  private final Path folder;

  RocksFaults(Path folder) {
    this.folder = folder;
  }

  ProblemException map(RocksDBException fault) {
    return new ProblemException(problem(fault), fault);
  }

  ProblemException full(long freeBytes, long freeBytesMin) {
    return new Problem(
            Problem.Code.STORAGE_FULL,
            "the volume of "
                + folder
                + " has "
                + (freeBytes >> 20)
                + " MiB left, and "
                + (freeBytesMin >> 20)
                + " MiB are kept free; make room, or shorten the tenants' retention")
        .asException();
  }

  ProblemException unwritable(IOException cause) {
    return new ProblemException(
        new Problem(
            Problem.Code.STORAGE_FAILED,
            "the log in "
                + folder
                + " can't be written ("
                + cause.getMessage()
                + "); what it holds is still read. Make the volume writable, and events are stored"
                + " again by themselves; if it must be unmounted for that, stop Sallyport before"
                + " and start it afterwards"),
        cause);
  }

  /** RocksDB's own texts name the file and the place of damage; they hold no content. */
  private Problem problem(RocksDBException fault) {
    String text = String.valueOf(fault.getMessage());
    @Nullable Status status = fault.getStatus();
    Status.Code code = status == null ? Status.Code.Undefined : status.getCode();
    Status.SubCode subCode = status == null ? Status.SubCode.None : status.getSubCode();
    String lower = text.toLowerCase(Locale.ROOT);
    if (subCode == Status.SubCode.NoSpace || lower.contains("no space left")) {
      return new Problem(
          Problem.Code.STORAGE_FULL, "the volume of " + folder + " is full: " + text);
    }
    if (code == Status.Code.Corruption || lower.contains("corruption")) {
      return new Problem(
          Problem.Code.CORRUPT, "the log in " + folder + " is damaged; restore a backup: " + text);
    }
    if (lower.contains("lock file") || lower.contains("lock hold")) {
      return new Problem(
          Problem.Code.STORAGE_FAILED,
          "the log in " + folder + " is in use by another process: " + text);
    }
    return new Problem(Problem.Code.STORAGE_FAILED, "the log in " + folder + " failed: " + text);
  }
}
