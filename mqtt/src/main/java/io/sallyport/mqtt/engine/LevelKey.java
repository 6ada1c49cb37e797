package io.sallyport.mqtt.engine;

import org.jspecify.annotations.Nullable;

/**
 * One level of a topic as a map key: a region of a text, so that a look-up while matching takes no
 * substring. A probe is moved from level to level; a stored key never is.
 */
final class LevelKey {
  private String text;
  private int start;
  private int end;
  private int hash;

  private LevelKey(String text, int start, int end) {
    this.text = text;
    moveTo(text, start, end);
  }

  static LevelKey stored(String level) {
    return new LevelKey(level, 0, level.length());
  }

  static LevelKey probe() {
    return new LevelKey("", 0, 0);
  }

  LevelKey moveTo(String newText, int newStart, int newEnd) {
    text = newText;
    start = newStart;
    end = newEnd;
    int h = 0;
    for (int i = newStart; i < newEnd; i++) {
      h = 31 * h + newText.charAt(i);
    }
    hash = h;
    return this;
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LevelKey that
        && hash == that.hash
        && end - start == that.end - that.start
        && text.regionMatches(start, that.text, that.start, end - start);
  }
}
