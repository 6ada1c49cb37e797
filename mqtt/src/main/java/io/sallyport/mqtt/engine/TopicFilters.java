package io.sallyport.mqtt.engine;

/** Does one filter match one topic (MQTT 3.1.1 §4.7)? For retained messages; no allocation. */
final class TopicFilters {
  private TopicFilters() {}

  static boolean hasWildcard(String filter) {
    return filter.indexOf('+') >= 0 || filter.indexOf('#') >= 0;
  }

  static boolean matches(String filter, String topic) {
    if (topic.charAt(0) == '$' && (filter.charAt(0) == '+' || filter.charAt(0) == '#')) {
      return false; // [MQTT-4.7.2-1]
    }
    int f = 0;
    int t = 0;
    while (f <= filter.length()) {
      int filterEnd = levelEnd(filter, f);
      boolean single = filterEnd == f + 1;
      if (single && filter.charAt(f) == '#') {
        return true; // The parent level too: a/# matches a.
      }
      if (t > topic.length()) {
        return false;
      }
      int topicEnd = levelEnd(topic, t);
      boolean plus = single && filter.charAt(f) == '+';
      boolean same =
          filterEnd - f == topicEnd - t && filter.regionMatches(f, topic, t, topicEnd - t);
      if (!plus && !same) {
        return false;
      }
      f = filterEnd + 1;
      t = topicEnd + 1;
    }
    return t > topic.length();
  }

  private static int levelEnd(String text, int start) {
    int slash = text.indexOf('/', start);
    return slash < 0 ? text.length() : slash;
  }
}
