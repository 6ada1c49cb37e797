package io.sallyport.platform.base;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The marks as a file of lines {@code sequence TAB mark}, the highest of which counts. Lives in the
 * key folder, beside the journal of revocations, never in the data folder.
 */
public final class FileNumberMarks implements NumberMarks, AutoCloseable {
  private final DurableLines lines;
  private final Map<Sequence, Long> marks = new EnumMap<>(Sequence.class);

  /**
   * Opens the marks, making the file (mode 0600) if there is none.
   *
   * @param fresh whether the registry is new too, so that marks that are not there were not lost
   * @throws ProblemException {@code CORRUPT}, {@code STORAGE_FAILED}
   */
  public FileNumberMarks(Path file, boolean fresh) {
    try {
      lines = new DurableLines(file);
      int number = 0;
      for (String line : lines.read()) {
        number++;
        read(line, number);
      }
      if (fresh) {
        for (Sequence sequence : Sequence.values()) {
          if (marks.putIfAbsent(sequence, 0L) == null) {
            lines.append(sequence + "\t0");
          }
        }
      }
    } catch (IOException e) {
      throw failed("can't open the marks of internal numbers", e);
    }
  }

  private void read(String line, int number) {
    String[] parts = line.split("\t", -1);
    try {
      marks.merge(Sequence.valueOf(parts[0]), Long.parseLong(parts[1]), Math::max);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ProblemException(
          new Problem(
              Problem.Code.CORRUPT,
              "line " + number + " of the marks of internal numbers can't be read"),
          e);
    }
  }

  @Override
  public synchronized void given(Sequence sequence, long number) {
    Long mark = marks.get(sequence);
    if (mark != null && number <= mark) {
      return;
    }
    long next = Math.addExact(number, sequence.block());
    try {
      lines.append(sequence + "\t" + next);
    } catch (IOException e) {
      throw failed("can't write the marks of internal numbers", e);
    }
    marks.put(sequence, next);
  }

  @Override
  public synchronized OptionalLong mark(Sequence sequence) {
    Long mark = marks.get(sequence);
    return mark == null ? OptionalLong.empty() : OptionalLong.of(mark);
  }

  @Override
  public synchronized void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw failed("can't close the marks of internal numbers", e);
    }
  }

  private static ProblemException failed(String text, IOException cause) {
    return new ProblemException(new Problem(Problem.Code.STORAGE_FAILED, text), cause);
  }
}
