package io.sallyport.platform.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The journal as a file of lines {@code time TAB kind TAB id TAB id ...}, each synced before {@link
 * #record} returns. Lives in the key folder, never in the data folder. A last line that a crash
 * tore is cut off at the next opening; anything else that can't be read is {@code CORRUPT}.
 */
public final class FileRevocationJournal implements RevocationJournal, AutoCloseable {
  private final Path file;
  private final Clock clock;
  private final FileChannel channel;

  /** Opens the journal, making it (mode 0600) if there is none. */
  public FileRevocationJournal(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
    try {
      if (!Files.exists(file)) {
        create(file);
      }
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      cutTornLine();
    } catch (IOException e) {
      throw failed("can't open the revocation journal", e);
    }
  }

  private static void create(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } else {
      Files.createFile(file);
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      // The new name itself must survive a power cut.
      try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  private void cutTornLine() throws IOException {
    byte[] content = Files.readAllBytes(file);
    int end = content.length;
    while (end > 0 && content[end - 1] != '\n') {
      end--;
    }
    if (end < content.length) {
      channel.truncate(end);
      channel.force(true);
    }
    channel.position(end);
  }

  @Override
  public synchronized void record(Kind kind, String... ids) {
    StringBuilder line = new StringBuilder().append(clock.instant()).append('\t').append(kind);
    for (String id : ids) {
      if (id.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("an id in the journal holds no control characters");
      }
      line.append('\t').append(id);
    }
    line.append('\n');
    ByteBuffer bytes = ByteBuffer.wrap(line.toString().getBytes(StandardCharsets.UTF_8));
    try {
      long start = channel.position();
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      } catch (IOException e) {
        // Half a line must not swallow the next one.
        channel.truncate(start);
        throw e;
      }
    } catch (IOException e) {
      throw failed("can't write the revocation journal", e);
    }
  }

  @Override
  public synchronized List<Entry> since(Instant from) {
    List<Entry> entries = new ArrayList<>();
    try {
      int number = 0;
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        number++;
        Entry entry = parse(line, number);
        if (!entry.time().isBefore(from)) {
          entries.add(entry);
        }
      }
    } catch (IOException e) {
      throw failed("can't read the revocation journal", e);
    }
    return entries;
  }

  private static Entry parse(String line, int number) {
    List<String> parts = List.of(line.split("\t", -1));
    try {
      return new Entry(
          Instant.parse(parts.get(0)), Kind.valueOf(parts.get(1)), parts.subList(2, parts.size()));
    } catch (DateTimeException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ProblemException(
          new Problem(
              Problem.Code.CORRUPT, "line " + number + " of the revocation journal can't be read"),
          e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw failed("can't close the revocation journal", e);
    }
  }

  private static ProblemException failed(String text, IOException cause) {
    return new ProblemException(new Problem(Problem.Code.STORAGE_FAILED, text), cause);
  }
}
