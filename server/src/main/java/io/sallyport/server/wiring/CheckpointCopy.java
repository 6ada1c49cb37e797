package io.sallyport.server.wiring;

import io.sallyport.platform.audit.AuditCheckpoint;
import io.sallyport.platform.audit.CheckpointFile;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.server.config.ConfigurationProblem;
import io.sallyport.server.data.DataFolder;
import io.sallyport.web.operation.PostureCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit's checkpoints at a second place, which whoever can change data folder and key folder
 * should not reach (THREATS T46). A place that can't be written to stops nothing: the start and
 * operators' health say so, and the newest checkpoint follows when it can be written again.
 */
final class CheckpointCopy implements PostureCheck {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointCopy.class);

  private static final String FAILING = "failing";

  private final @Nullable CheckpointFile file;
  private final @Nullable Path path;
  private volatile @Nullable String finding;

  private CheckpointCopy(@Nullable Path path, @Nullable String finding) {
    this.path = path;
    this.file = path == null ? null : new CheckpointFile(path);
    this.finding = finding;
  }

  /**
   * @throws ConfigurationProblem if the file lies in the data folder or the key folder
   */
  static CheckpointCopy to(Optional<Path> configured, DataFolder data) {
    if (configured.isEmpty()) {
      LOG.warn(
          "the audit's checkpoints are kept beside the data only: who may change both can cut the"
              + " record unseen. Name a file on another mount as audit.checkpoint-file");
      return new CheckpointCopy(null, "not-configured");
    }
    Path path = configured.get().toAbsolutePath().normalize();
    Path folder = path.resolveSibling("");
    if (isWithin(folder, data.root()) || isWithin(folder, data.keys())) {
      throw new ConfigurationProblem(
          "audit.checkpoint-file "
              + path
              + " lies in the data folder or the key folder, where it shows nothing that those do"
              + " not; name a file on another mount");
    }
    if (!Files.isDirectory(folder) || !Files.isWritable(folder)) {
      LOG.error("can't write the audit's checkpoints to {}; tried again each minute", path);
      return new CheckpointCopy(path, FAILING);
    }
    if (isOnSameMount(folder, data.root())) {
      LOG.warn(
          "audit.checkpoint-file {} is on the same mount as the data; best is one that this host"
              + " can only append to",
          path);
      return new CheckpointCopy(path, "same-mount");
    }
    return new CheckpointCopy(path, null);
  }

  private static boolean isWithin(Path folder, Path other) {
    return folder.startsWith(other) || real(folder).startsWith(real(other));
  }

  /** With symbolic links followed; a folder that is not there yet counts as it is written. */
  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      return folder;
    }
  }

  private static boolean isOnSameMount(Path folder, Path other) {
    try {
      return Files.getFileStore(folder).equals(Files.getFileStore(other));
    } catch (IOException e) {
      // Not known, so nothing is claimed.
      return false;
    }
  }

  /**
   * Appends what it lacks up to {@code newest}, the last one of {@code kept}; what could not be
   * written for a while must leave no gap. A new place begins with the newest. One thread at a
   * time.
   */
  void append(CheckpointFile kept, AuditCheckpoint newest) {
    CheckpointFile to = file;
    if (to == null) {
      return;
    }
    try {
      Optional<AuditCheckpoint> last = to.last();
      if (last.filter(newest::equals).isEmpty()) {
        boolean follows = last.isEmpty() || last.get().number() + 1 >= newest.number();
        List<AuditCheckpoint> missing = follows ? List.of(newest) : kept.after(last.get().number());
        missing.forEach(to::append);
      }
      if (FAILING.equals(finding)) {
        LOG.info("the audit's checkpoints are written to {} again", path);
        finding = null;
      }
    } catch (ProblemException e) {
      if (!FAILING.equals(finding)) {
        LOG.error("can't write the audit's checkpoints to {}; tried again each minute", path, e);
      }
      finding = FAILING;
    }
  }

  /** The highest number there; 0 if there is none or the place can't be read. */
  long newestNumber() {
    CheckpointFile from = file;
    if (from == null) {
      return 0;
    }
    try {
      return from.last().map(AuditCheckpoint::number).orElse(0L);
    } catch (ProblemException e) {
      LOG.warn("can't read the audit's checkpoints at {}", path, e);
      return 0;
    }
  }

  @Override
  public String name() {
    return "audit-checkpoints";
  }

  @Override
  public Optional<String> finding() {
    return Optional.ofNullable(finding);
  }
}
