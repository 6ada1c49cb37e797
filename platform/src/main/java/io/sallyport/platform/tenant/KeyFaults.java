package io.sallyport.platform.tenant;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** The faults of the key files, in words that say what to do. */
final class KeyFaults {
  private KeyFaults() {}

  static ProblemException unwritable(Path file, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    boolean full = reason.toLowerCase(Locale.ROOT).contains("no space left");
    return new ProblemException(
        new Problem(
            full ? Problem.Code.STORAGE_FULL : Problem.Code.STORAGE_FAILED,
            "the key file " + file + " can't be written: " + reason),
        cause);
  }

  static ProblemException unreadable(Path file, IOException cause) {
    return new ProblemException(
        new Problem(
            Problem.Code.STORAGE_FAILED,
            "the key file " + file + " can't be read: " + cause.getMessage()),
        cause);
  }

  static ProblemException damaged(Path file, String what) {
    return new Problem(
            Problem.Code.CORRUPT,
            "the key file " + file + " is damaged (" + what + "); restore it from a key backup")
        .asException();
  }

  static ProblemException newer(Path file, int version) {
    return new Problem(
            Problem.Code.STORAGE_FAILED,
            "the key file "
                + file
                + " has version "
                + version
                + ", written by a newer program; use that program, or restore a backup")
        .asException();
  }
}
