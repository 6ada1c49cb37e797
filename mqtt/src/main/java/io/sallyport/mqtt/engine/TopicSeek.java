package io.sallyport.mqtt.engine;

import org.jspecify.annotations.Nullable;

/**
 * Finds the topics that match one filter in a sorted set of topics without looking at all of them:
 * tells from a topic that does not match where the next one that may begins. Topics are sorted by
 * their characters, so all topics under {@code a/} stand together, from {@code a/} to before {@code
 * a0}; {@code 0} follows {@code /} as {@code %} follows {@code $}.
 */
final class TopicSeek {
  private TopicSeek() {}

  /** The first place where a match may be. */
  static String start(String filter) {
    int wildcard = 0;
    while (wildcard < filter.length() && "+#".indexOf(filter.charAt(wildcard)) < 0) {
      wildcard++;
    }
    boolean parentToo =
        wildcard > 0 && wildcard < filter.length() && filter.charAt(wildcard) == '#';
    return filter.substring(0, parentToo ? wildcard - 1 : wildcard);
  }

  /** The next place after a topic that has been dealt with: no topic contains U+0000. */
  static String after(String topic) {
    return topic + '\0';
  }

  /**
   * @return the topic itself if it matches, else a text greater than it and not greater than the
   *     next topic that matches, or null if none does
   */
  static @Nullable String next(String filter, String topic) {
    if (topic.charAt(0) == '$' && "+#".indexOf(filter.charAt(0)) >= 0) {
      return "%"; // [MQTT-4.7.2-1]
    }
    int f = 0;
    int t = 0;
    int plusEnd = -1;
    while (f <= filter.length()) {
      int filterEnd = levelEnd(filter, f);
      char single = filterEnd == f + 1 ? filter.charAt(f) : 0;
      if (single == '#') { // Also for the parent level.
        return topic;
      }
      if (t > topic.length()) {
        return after(topic);
      }
      int topicEnd = levelEnd(topic, t);
      if (single == '+') {
        plusEnd = topicEnd;
      } else if (filterEnd - f != topicEnd - t
          || !filter.regionMatches(f, topic, t, topicEnd - t)) {
        return instead(filter, f, filterEnd, topic, t, plusEnd);
      }
      f = filterEnd + 1;
      t = topicEnd + 1;
    }
    // The levels of the filter are used up. What lies under them is too deep.
    return t > topic.length() ? topic : topic.substring(0, t - 1) + '0';
  }

  /**
   * A literal level differs: where it would stand, else the next value under the last {@code +}.
   */
  private static @Nullable String instead(
      String filter, int f, int filterEnd, String topic, int t, int plusEnd) {
    String wanted = topic.substring(0, t) + filter.substring(f, filterEnd);
    if (topic.compareTo(wanted) < 0) {
      return wanted;
    }
    if (filterEnd < filter.length()) {
      String below = wanted + '/';
      if (topic.compareTo(below) < 0) {
        return below;
      }
    }
    return plusEnd < 0 ? null : topic.substring(0, plusEnd) + '0';
  }

  private static int levelEnd(String text, int start) {
    int slash = text.indexOf('/', start);
    return slash < 0 ? text.length() : slash;
  }
}
