package io.sallyport.platform.base;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The journal as a file of lines {@code time TAB kind TAB id TAB id ...}, each synced before {@link
 * #record} returns. Lives in the key folder, never in the data folder. A last line that a crash
 * tore is cut off at the next opening; anything else that can't be read is {@code CORRUPT}.
 */
public final class FileRevocationJournal implements RevocationJournal, AutoCloseable {
  private final Clock clock;
  private final DurableLines lines;
  private volatile JournalPosition position = JournalPosition.START;

  /** Opens the journal, making it (mode 0600) if there is none. */
  public FileRevocationJournal(Path file, Clock clock) {
    this.clock = clock;
    try {
      lines = new DurableLines(file);
      List<String> known = lines.read();
      if (!known.isEmpty()) {
        position = JournalPosition.behind(known.size() - 1L, known.getLast());
      }
    } catch (IOException e) {
      throw failed("can't open the revocation journal", e);
    }
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
    try {
      lines.append(line.toString());
      position = JournalPosition.behind(position.entries(), line.toString());
    } catch (IOException e) {
      throw failed("can't write the revocation journal", e);
    }
  }

  @Override
  public synchronized List<Entry> since(Instant from) {
    List<Entry> entries = new ArrayList<>();
    try {
      int number = 0;
      for (String line : lines.read()) {
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

  @Override
  public JournalPosition position() {
    return position;
  }

  @Override
  public synchronized Optional<List<Entry>> since(JournalPosition from) {
    List<String> known;
    try {
      known = lines.read();
    } catch (IOException e) {
      throw failed("can't read the revocation journal", e);
    }
    if (!from.isIn(known)) {
      return Optional.empty();
    }
    List<Entry> entries = new ArrayList<>();
    for (int at = Math.toIntExact(from.entries()); at < known.size(); at++) {
      entries.add(parse(known.get(at), at + 1));
    }
    return Optional.of(entries);
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
      lines.close();
    } catch (IOException e) {
      throw failed("can't close the revocation journal", e);
    }
  }

  private static ProblemException failed(String text, IOException cause) {
    return new ProblemException(new Problem(Problem.Code.STORAGE_FAILED, text), cause);
  }
}
