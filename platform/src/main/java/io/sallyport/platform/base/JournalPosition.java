package io.sallyport.platform.base;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A place between two entries of the {@link RevocationJournal}. Unlike a time it does not move when
 * the wall clock is set, and it says of which journal it is.
 *
 * @param entries how many entries lie before it
 * @param mark digest of the entry before it; empty at the beginning
 */
public record JournalPosition(long entries, String mark) implements Comparable<JournalPosition> {
  /** Before all entries of any journal. */
  public static final JournalPosition START = new JournalPosition(0, "");

  public JournalPosition {
    if (entries < 0 || (entries == 0) != mark.isEmpty()) {
      throw new IllegalArgumentException("no position of a journal");
    }
  }

  /** Behind {@code line}, before which {@code before} entries lie. */
  static JournalPosition behind(long before, String line) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(line.getBytes(StandardCharsets.UTF_8));
      return new JournalPosition(before + 1, HexFormat.of().formatHex(digest, 0, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Whether these are the lines of the journal that it is a position of. */
  boolean isIn(List<String> lines) {
    return entries == 0
        || (entries <= lines.size()
            && equals(behind(entries - 1, lines.get(Math.toIntExact(entries - 1)))));
  }

  /** What {@link #parse} reads. */
  public String text() {
    return entries + ":" + mark;
  }

  /**
   * @throws IllegalArgumentException if the text is no position
   */
  public static JournalPosition parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no position of a journal");
    }
    return new JournalPosition(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
  }

  @Override
  public int compareTo(JournalPosition other) {
    return Long.compare(entries, other.entries);
  }
}
