package io.sallyport.platform.audit;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checkpoints as lines of a file, best on another mount. Synced at each append. One thread at a
 * time.
 */
public final class CheckpointFile {
  private final Path file;

  public CheckpointFile(Path file) {
    this.file = file;
  }

  /** The newest checkpoint; only the end of the file is read. */
  public Optional<AuditCheckpoint> last() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long end = in.length();
      // A line without its end was torn by a crash: the one before it counts.
      end = lineStart(in, end);
      long start = end == 0 ? 0 : lineStart(in, end - 1);
      if (start == end) {
        return Optional.empty();
      }
      byte[] line = new byte[Math.toIntExact(end - 1 - start)];
      in.seek(start);
      in.readFully(line);
      return Optional.of(AuditCheckpoint.decode(new String(line, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw failed("can't read the audit checkpoints", e);
    }
  }

  /** Where the line that ends at {@code end} begins: behind the newest line feed before it. */
  private static long lineStart(RandomAccessFile in, long end) throws IOException {
    for (long at = end - 1; at >= 0; at--) {
      in.seek(at);
      if (in.read() == '\n') {
        return at + 1;
      }
    }
    return 0;
  }

  /** Those of higher numbers than {@code number}, oldest first. */
  public List<AuditCheckpoint> after(long number) {
    if (!Files.exists(file)) {
      return List.of();
    }
    return all().stream().filter(checkpoint -> checkpoint.number() > number).toList();
  }

  /** Every complete line, oldest first. */
  public List<AuditCheckpoint> all() {
    try {
      List<AuditCheckpoint> checkpoints = new ArrayList<>();
      String text = Files.readString(file);
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
        checkpoints.add(AuditCheckpoint.decode(line));
      }
      return checkpoints;
    } catch (IOException e) {
      throw failed("can't read the audit checkpoints", e);
    }
  }

  /** Opens the file for appending only, so that it may be one that allows nothing else. */
  public void append(AuditCheckpoint checkpoint) {
    try {
      cutTornLine();
      try (FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.APPEND)) {
        ByteBuffer line =
            ByteBuffer.wrap((checkpoint.encode() + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
          channel.write(line);
        }
        channel.force(true);
      }
    } catch (IOException e) {
      throw failed("can't write the audit checkpoint", e);
    }
  }

  private void cutTornLine() throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    long whole;
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      whole = lineStart(in, in.length());
      if (whole == in.length()) {
        return;
      }
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(whole);
    }
  }

  private static ProblemException failed(String text, IOException cause) {
    return new ProblemException(new Problem(Problem.Code.STORAGE_FAILED, text), cause);
  }
}
