package io.sallyport.watson.topic;

import io.sallyport.platform.telemetry.Event;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The levels of a topic or filter. */
final class Levels {
  /** Longest event, command or format name, in bytes of UTF-8. */
  static final int NAME_BYTES_MAX = Event.NAME_BYTES_MAX;

  private final String[] levels;

  private Levels(String[] levels) {
    this.levels = levels;
  }

  static Levels of(String text) {
    int count = 1;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '/') {
        count++;
      }
    }
    String[] levels = new String[count];
    int from = 0;
    for (int level = 0; level < count; level++) {
      int to = text.indexOf('/', from);
      levels[level] = text.substring(from, to < 0 ? text.length() : to);
      from = to + 1;
    }
    return new Levels(levels);
  }

  int count() {
    return levels.length;
  }

  String get(int level) {
    return levels[level];
  }

  boolean is(int level, String word) {
    return level < levels.length && levels[level].equals(word);
  }

  /** Whether the fixed words stand at these levels; an empty word stands for a variable level. */
  boolean matches(String... words) {
    if (words.length != levels.length) {
      return false;
    }
    for (int i = 0; i < words.length; i++) {
      if (!words[i].isEmpty() && !words[i].equals(levels[i])) {
        return false;
      }
    }
    return true;
  }

  /** The levels from this one on, joined again. */
  String rest(int from) {
    return String.join("/", Arrays.copyOfRange(levels, from, levels.length));
  }

  /** A name that stands in one level of a topic. */
  static boolean isName(String text) {
    return !text.isEmpty()
        && text.indexOf('+') < 0
        && text.indexOf('#') < 0
        && text.indexOf('/') < 0
        && text.indexOf('\0') < 0
        && (text.length() <= NAME_BYTES_MAX / 4
            || text.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX);
  }

  /**
   * The name as one level. Names that came in by other contracts may hold what a level can't:
   * {@code / + #} and NUL are written {@code %XX}; this contract's own names come out unchanged.
   */
  static String asName(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isReserved(text.charAt(i))) {
        return escaped(text);
      }
    }
    return text.isEmpty() ? "%00" : text;
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '/' -> out.append("%2F");
        case '+' -> out.append("%2B");
        case '#' -> out.append("%23");
        case '\0' -> out.append("%00");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  private static boolean isReserved(char c) {
    return c == '/' || c == '+' || c == '#' || c == '\0';
  }

  /** A name or the single-level wildcard. */
  static boolean isNameFilter(String text) {
    return text.equals("+") || isName(text);
  }
}
