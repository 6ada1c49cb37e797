package io.sallyport.platform.space;

import io.sallyport.platform.base.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A topic filter taken apart into its levels, with the questions that access rules ask: does it
 * match a topic, does it hold another filter, what do two have in common. Follows MQTT 3.1.1 §4.7;
 * topics that begin with {@code $} are matched only by patterns that name that level, v3, v5:
 * MQTT-4.7.2-1. Immutable; {@link #matches} does not allocate.
 */
public final class TopicPattern {
  private static final int LEVELS_MAX = 128;
  private static final int CHARS_MAX = 1_024;

  private final List<String> levels;

  private TopicPattern(List<String> levels) {
    this.levels = List.copyOf(levels);
  }

  /**
   * Takes a filter apart.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code INVALID} when it is no filter
   */
  public static TopicPattern of(String filter) {
    if (filter.isEmpty() || filter.length() > CHARS_MAX || filter.indexOf('\0') >= 0) {
      throw Problem.invalid("a topic filter has 1 to 1,024 characters and no U+0000");
    }
    List<String> levels = List.of(filter.split("/", -1));
    if (levels.size() > LEVELS_MAX) {
      throw Problem.invalid("a topic filter has at most 128 levels");
    }
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      boolean wild = level.indexOf('#') >= 0 || level.indexOf('+') >= 0;
      boolean last = i == levels.size() - 1;
      // v3, v5: MQTT-4.7.1-2, -3 (v5: -1, -2)
      if (wild && !level.equals("+") && !(level.equals("#") && last)) {
        throw Problem.invalid("in a topic filter + is a whole level and # the whole last level");
      }
    }
    return new TopicPattern(levels);
  }

  /** Levels that are known to be good. */
  static TopicPattern ofLevels(List<String> levels) {
    return new TopicPattern(levels);
  }

  List<String> levels() {
    return levels;
  }

  /**
   * @param topic a topic name, without wildcards
   */
  public boolean matches(String topic) {
    if (topic.startsWith("$") && isWild(levels.getFirst())) {
      return false;
    }
    int from = 0;
    for (String level : levels) {
      if (level.equals("#")) {
        return true; // The parent level too: a/# matches a.
      }
      if (from > topic.length()) {
        return false;
      }
      int slash = topic.indexOf('/', from);
      int to = slash < 0 ? topic.length() : slash;
      boolean same = level.length() == to - from && topic.startsWith(level, from);
      if (!same && !level.equals("+")) {
        return false;
      }
      from = to + 1;
    }
    return from > topic.length();
  }

  /** Whether every topic that {@code other} matches is matched by this one. */
  public boolean contains(TopicPattern other) {
    if (other.levels.getFirst().startsWith("$") && isWild(levels.getFirst())) {
      return false;
    }
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      if (level.equals("#")) {
        return true;
      }
      if (i >= other.levels.size()) {
        return false;
      }
      String theirs = other.levels.get(i);
      if (theirs.equals("#") || !(level.equals("+") || level.equals(theirs))) {
        return false;
      }
    }
    return levels.size() == other.levels.size();
  }

  /** The filter that matches what both match; empty when no topic is matched by both. */
  public Optional<TopicPattern> intersection(TopicPattern other) {
    if (apartByDollar(other) || other.apartByDollar(this)) {
      return Optional.empty();
    }
    List<String> common = new ArrayList<>();
    int i = 0;
    while (true) {
      boolean ended = i >= levels.size();
      boolean theirsEnded = i >= other.levels.size();
      if (!ended && levels.get(i).equals("#")) {
        common.addAll(other.levels.subList(Math.min(i, other.levels.size()), other.levels.size()));
        return Optional.of(new TopicPattern(common));
      }
      if (!theirsEnded && other.levels.get(i).equals("#")) {
        common.addAll(levels.subList(Math.min(i, levels.size()), levels.size()));
        return Optional.of(new TopicPattern(common));
      }
      if (ended || theirsEnded) {
        return ended && theirsEnded ? Optional.of(new TopicPattern(common)) : Optional.empty();
      }
      String mine = levels.get(i);
      String theirs = other.levels.get(i);
      if (mine.equals("+")) {
        common.add(theirs);
      } else if (theirs.equals("+") || theirs.equals(mine)) {
        common.add(mine);
      } else {
        return Optional.empty();
      }
      i++;
    }
  }

  private boolean apartByDollar(TopicPattern other) {
    return levels.getFirst().startsWith("$") && isWild(other.levels.getFirst());
  }

  private static boolean isWild(String level) {
    return level.equals("+") || level.equals("#");
  }

  /** The filter as text. */
  @Override
  public String toString() {
    return String.join("/", levels);
  }
}
