package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Qos;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matching: MESSAGING.md section 7 row 39, and the index against a plain list of filters. */
class TopicTreeTest {
  @ParameterizedTest
  @CsvSource({
    "a, a, true",
    "a, b, false",
    "a, A, false",
    "/a, a, false",
    "a, /a, false",
    "/a, /a, true",
    "a/, a, false",
    "a/, a/, true",
    "+, a, true",
    "+, /a, false",
    "+/+, /a, true",
    "/+, /a, true",
    "+, '/', false",
    "+/+, '/', true",
    "a/+, a/, true",
    "a/+, a, false",
    "a/+/c, a//c, true",
    "#, a, true",
    "#, a/b/c, true",
    "#, /, true",
    "a/#, a, true",
    "a/#, a/, true",
    "a/#, a/b/c, true",
    "a/#, ab, false",
    "+/#, a, true",
    "+/#, /, true",
    "a/+/#, a, false",
    "a/+/#, a/b, true",
    "#, $SYS, false",
    "+/x, $SYS/x, false",
    "$SYS/#, $SYS, true",
    "$SYS/+, $SYS/x, true",
    "a/#, a/$x, true",
    "a/+, a/$x, true",
    "é, e\u0301, false"
  })
  void filter_matches_topic(String filter, String topic, boolean expected) {
    TopicTree<String> tree = new TopicTree<>(10_000);
    tree.put(filter, Grant.of("s", Qos.AT_MOST_ONCE));
    assertThat(tree.match(topic, null).size() == 1).isEqualTo(expected);
    assertThat(TopicFilters.matches(filter, topic)).isEqualTo(expected);
  }

  @Test
  void nodes_go_with_their_last_subscriber() {
    TopicTree<String> tree = new TopicTree<>(10_000);
    tree.put("a/b/c", Grant.of("s", Qos.AT_MOST_ONCE));
    tree.put("a/+/#", Grant.of("s", Qos.AT_MOST_ONCE));
    tree.put("a/b", Grant.of("t", Qos.AT_MOST_ONCE));
    tree.remove("a/b/c", "s");
    tree.remove("a/b/c", "never there");
    tree.remove("x/y", "s");
    assertThat(tree.match("a/b", null).size()).isEqualTo(2);
    tree.remove("a/+/#", "s");
    assertThat(tree.isEmpty()).isFalse();
    tree.remove("a/b", "t");
    assertThat(tree.isEmpty()).isTrue();
  }

  @Test
  void many_children_and_many_subscribers_are_found() {
    TopicTree<Integer> tree = new TopicTree<>(10_000);
    for (int i = 0; i < 1_000; i++) {
      tree.put("device/" + i, Grant.of(i, Qos.AT_LEAST_ONCE));
      tree.put("all", Grant.of(i, Qos.AT_LEAST_ONCE));
      tree.put("+", Grant.of(i, Qos.EXACTLY_ONCE));
    }
    assertThat(tree.match("device/777", null).get(0).subscriber()).isEqualTo(777);
    Matches<Integer> all = tree.match("all", null);
    assertThat(all.size()).isEqualTo(1_000);
    assertThat(IntStream.range(0, 1_000).mapToObj(all::get))
        .allMatch(grant -> grant.qos() == Qos.EXACTLY_ONCE);
    for (int i = 0; i < 1_000; i++) {
      tree.remove("device/" + i, i);
      tree.remove("all", i);
      tree.remove("+", i);
    }
    assertThat(tree.isEmpty()).isTrue();
  }

  @Test
  void index_agrees_with_a_list_of_filters() {
    long seed = System.nanoTime();
    System.out.println("TopicTreeTest seed " + seed);
    Random random = new Random(seed);
    TopicTree<String> tree = new TopicTree<>(10_000);
    Map<String, Set<String>> byFilter = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      String filter = randomFilter(random);
      String subscriber = "s" + random.nextInt(8);
      Set<String> present = byFilter.computeIfAbsent(filter, _ -> new TreeSet<>());
      if (random.nextInt(3) == 0) {
        present.remove(subscriber);
        tree.remove(filter, subscriber);
      } else {
        present.add(subscriber);
        tree.put(filter, Grant.of(subscriber, Qos.AT_MOST_ONCE));
      }
      if (step % 10 == 0) {
        String topic = randomTopic(random);
        Set<String> expected =
            byFilter.entrySet().stream()
                .filter(entry -> TopicFilters.matches(entry.getKey(), topic))
                .flatMap(entry -> entry.getValue().stream())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(subscribers(tree.match(topic, null)))
            .as("seed %d, topic %s", seed, topic)
            .containsExactlyInAnyOrderElementsOf(expected);
      }
    }
    byFilter.forEach(
        (filter, subscribers) -> subscribers.forEach(name -> tree.remove(filter, name)));
    assertThat(tree.isEmpty()).isTrue();
  }

  private static List<String> subscribers(Matches<String> matches) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < matches.size(); i++) {
      names.add(matches.get(i).subscriber());
    }
    return names;
  }

  private static String randomTopic(Random random) {
    return IntStream.range(0, 1 + random.nextInt(5))
            .mapToObj(_ -> level(random))
            .collect(Collectors.joining("/"))
        + (random.nextInt(4) == 0 ? "/" : "x");
  }

  private static String randomFilter(Random random) {
    String filter =
        IntStream.range(0, 1 + random.nextInt(5))
            .mapToObj(_ -> random.nextInt(4) == 0 ? "+" : level(random))
            .collect(Collectors.joining("/"));
    return switch (random.nextInt(4)) {
      case 0 -> filter + "/#";
      case 1 -> filter + "/";
      case 2 -> filter.endsWith("+") ? filter : filter + "x";
      default -> filter.isEmpty() ? "/" : filter;
    };
  }

  private static String level(Random random) {
    return random.nextInt(6) == 0 ? "" : Integer.toString(random.nextInt(25), 36);
  }
}
