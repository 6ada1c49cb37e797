package io.sallyport.watson.topic;

import io.sallyport.mqtt.Qos;
import java.util.Arrays;
import java.util.Optional;

/**
 * The filters of one session that its binding serves by itself. Changed on the connection's event
 * loop, read from any thread.
 */
public final class HeldFilters {
  private record Held(String filter, Qos qos) {}

  private volatile Held[] held = {};

  /** Adds the filter, or changes its QoS. */
  public void put(String filter, Qos qos) {
    Held[] others = without(filter);
    Held[] changed = Arrays.copyOf(others, others.length + 1);
    changed[others.length] = new Held(filter, qos);
    held = changed;
  }

  public void remove(String filter) {
    held = without(filter);
  }

  /** The highest QoS among the filters that match; empty if none does. */
  public Optional<Qos> highest(String topic) {
    Qos highest = null;
    for (Held candidate : held) {
      if ((highest == null || highest.level() < candidate.qos.level())
          && matches(candidate.filter, topic)) {
        highest = candidate.qos;
      }
    }
    return Optional.ofNullable(highest);
  }

  private Held[] without(String filter) {
    return Arrays.stream(held)
        .filter(candidate -> !candidate.filter.equals(filter))
        .toArray(Held[]::new);
  }

  /** MQTT 3.1.1 §4.7, for topics that do not begin with {@code $}. */
  public static boolean matches(String filter, String topic) {
    int f = 0;
    int t = 0;
    while (true) {
      int filterEnd = end(filter, f);
      if (filterEnd - f == 1 && filter.charAt(f) == '#') {
        return true;
      }
      int topicEnd = end(topic, t);
      boolean any = filterEnd - f == 1 && filter.charAt(f) == '+';
      if (!any
          && (filterEnd - f != topicEnd - t || !filter.regionMatches(f, topic, t, topicEnd - t))) {
        return false;
      }
      boolean filterDone = filterEnd == filter.length();
      boolean topicDone = topicEnd == topic.length();
      if (topicDone) {
        // "sport/#" also matches "sport" [MQTT-4.7.1-2].
        return filterDone || filter.substring(filterEnd).equals("/#");
      }
      if (filterDone) {
        return false;
      }
      f = filterEnd + 1;
      t = topicEnd + 1;
    }
  }

  private static int end(String text, int from) {
    int slash = text.indexOf('/', from);
    return slash < 0 ? text.length() : slash;
  }
}
