package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.codec.SubscriptionIds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Matching: MESSAGING.md section 7 row 39 (v3:MQTT-4.7.1-1 to -3, v3, v5:MQTT-4.7.2-1,
 * MQTT-4.7.3-4, v5:MQTT-4.7.1-1, -2), and the index against a plain list of filters.
 */
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

  /** A filter of 31 levels costs as much as many short ones. */
  @Test
  void memory_of_the_index_is_bounded_and_given_back() {
    HeldBytes bytes = new HeldBytes(1 << 20);
    TopicTree<Integer> tree = new TopicTree<>(10_000, bytes);
    int taken = 0;
    while (tree.putIfRoom("f" + taken + "/l".repeat(30), Grant.of(1, Qos.AT_MOST_ONCE))) {
      taken++;
    }
    assertThat(taken).isBetween(100, 400);
    assertThat(tree.match("f" + taken + "/l".repeat(30), null).size()).isZero();
    // What is there is replaced all the same.
    assertThat(tree.putIfRoom("f0" + "/l".repeat(30), Grant.of(1, Qos.AT_LEAST_ONCE))).isTrue();
    tree.remove("f0" + "/l".repeat(30), 2);
    tree.remove("f0" + "/l".repeat(30), 1);
    assertThat(tree.putIfRoom("g" + "/l".repeat(30), Grant.of(1, Qos.AT_MOST_ONCE))).isTrue();
    assertThat(tree.putIfRoom("h" + "/l".repeat(30), Grant.of(1, Qos.AT_MOST_ONCE))).isFalse();
    tree.remove("g" + "/l".repeat(30), 1);
    for (int i = 1; i < taken; i++) {
      tree.remove("f" + i + "/l".repeat(30), 1);
    }
    assertThat(tree.isEmpty()).isTrue();
    assertThat(bytes.isFullFor(1 << 20)).isFalse();
  }

  @Test
  void index_agrees_with_a_list_of_filters() {
    long seed = System.nanoTime();
    System.out.println("TopicTreeTest seed " + seed);
    Random random = new Random(seed);
    HeldBytes bytes = new HeldBytes(1 << 30);
    TopicTree<String> tree = new TopicTree<>(10_000, bytes);
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
    byFilter.forEach((filter, held) -> held.forEach(each -> tree.remove(filter, each)));
    assertThat(tree.isEmpty()).isTrue();
    assertThat(bytes.isFullFor(1 << 30)).isFalse();
  }

  /** Row 34, v5:MQTT-3.3.4-2 to -5: highest QoS, all identifiers, the flag if any asks for it. */
  @Test
  void overlapping_filters_grant_together() {
    TopicTree<String> tree = new TopicTree<>(10_000);
    tree.put("a/b", grant("s", Qos.AT_MOST_ONCE, null, false, 7));
    tree.put("a/+", grant("s", Qos.EXACTLY_ONCE, null, true, 0));
    tree.put("#", grant("s", Qos.AT_LEAST_ONCE, null, false, 9));
    tree.put("+/b", grant("s", Qos.AT_LEAST_ONCE, null, false, 7));
    tree.put("a/#", grant("t", Qos.AT_LEAST_ONCE, null, false, 3));
    Matches<String> matches = tree.match("a/b", null);
    assertThat(matches.size()).isEqualTo(2);
    Grant<String> grant =
        IntStream.range(0, 2)
            .mapToObj(matches::get)
            .filter(each -> each.subscriber().equals("s"))
            .findFirst()
            .orElseThrow();
    assertThat(grant.qos()).isEqualTo(Qos.EXACTLY_ONCE);
    assertThat(grant.retainAsPublished()).isTrue();
    assertThat(ids(grant)).containsExactlyInAnyOrder(7, 7, 9);
  }

  /** Row 40, v5:MQTT-3.8.3-3: a filter without No Local still counts. */
  @Test
  void no_local_filter_leaves_out_its_sessions_own_messages() {
    SessionKey mine = TestGate.key("mine");
    TopicTree<String> tree = new TopicTree<>(10_000);
    tree.put("a", grant("s", Qos.EXACTLY_ONCE, mine, false, 1));
    tree.put("a", grant("t", Qos.EXACTLY_ONCE, null, false, 1));
    assertThat(subscribers(tree.match("a", mine))).containsExactly("t");
    assertThat(subscribers(tree.match("a", TestGate.key("other")))).containsExactly("s", "t");
    assertThat(subscribers(tree.match("a", null))).containsExactly("s", "t");
    tree.put("#", grant("s", Qos.AT_MOST_ONCE, null, false, 2));
    Matches<String> both = tree.match("a", mine);
    assertThat(subscribers(both)).containsExactlyInAnyOrder("s", "t");
    Grant<String> own = both.get(both.get(0).subscriber().equals("s") ? 0 : 1);
    assertThat(own.qos()).isEqualTo(Qos.AT_MOST_ONCE);
    assertThat(ids(own)).containsExactly(2);
  }

  @Test
  void merged_grants_agree_with_a_list_of_filters() {
    long seed = System.nanoTime();
    System.out.println("TopicTreeTest grants seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      TopicTree<String> tree = new TopicTree<>(10_000);
      Map<String, Map<String, Grant<String>>> plain = new HashMap<>();
      for (int i = 0; i < 30; i++) {
        String subscriber = "s" + random.nextInt(4);
        Grant<String> grant =
            grant(
                subscriber,
                Qos.of(random.nextInt(3)),
                random.nextInt(3) == 0 ? TestGate.key(subscriber) : null,
                random.nextInt(4) == 0,
                random.nextInt(3));
        String filter = random.nextBoolean() ? "a/#" : random.nextBoolean() ? "a/+" : "+/b";
        filter = random.nextInt(3) == 0 ? "a/b" : filter;
        tree.put(filter, grant);
        plain.computeIfAbsent(filter, _ -> new HashMap<>()).put(subscriber, grant);
      }
      SessionKey publisher = random.nextInt(4) == 0 ? null : TestGate.key("s1");
      Map<String, String> expected = new HashMap<>();
      for (int i = 0; i < 4; i++) {
        String subscriber = "s" + i;
        List<Grant<String>> counting =
            plain.values().stream()
                .map(each -> each.get(subscriber))
                .filter(grant ->
                    grant != null && (publisher == null || !publisher.equals(grant.notFrom())))
                .toList();
        if (!counting.isEmpty()) {
          int qos = counting.stream().mapToInt(grant -> grant.qos().level()).max().orElseThrow();
          boolean flag = counting.stream().anyMatch(Grant::retainAsPublished);
          List<Integer> ids =
              counting.stream().flatMap(grant -> ids(grant).stream()).sorted().toList();
          expected.put(subscriber, qos + " " + flag + " " + ids);
        }
      }
      Map<String, String> seen = new HashMap<>();
      Matches<String> matches = tree.match("a/b", publisher);
      for (int i = 0; i < matches.size(); i++) {
        Grant<String> grant = matches.get(i);
        seen.put(
            grant.subscriber(),
            grant.qos().level()
                + " "
                + grant.retainAsPublished()
                + " "
                + ids(grant).stream().sorted().toList());
      }
      assertThat(seen).as("seed %d", seed).isEqualTo(expected);
      assertThat(matches.size()).isEqualTo(expected.size());
    }
  }

  /** MESSAGING.md section 8, wildcard bombs: literal filters come first, the rest is cut. */
  @Test
  void work_of_one_match_is_bounded() {
    TopicTree<String> tree = new TopicTree<>(1_000);
    for (int i = 0; i < 1 << 12; i++) {
      StringBuilder filter = new StringBuilder();
      for (int level = 0; level < 12; level++) {
        filter.append(((i >> level) & 1) == 0 ? "+/" : "a/");
      }
      tree.put(filter.append("#").toString(), Grant.of("s" + i, Qos.AT_MOST_ONCE));
    }
    String topic = "a/".repeat(12) + "a";
    tree.put(topic, Grant.of("literal", Qos.AT_MOST_ONCE));
    Matches<String> matches = tree.match(topic, null);
    assertThat(matches.isCut()).isTrue();
    assertThat(matches.visits()).isEqualTo(1_000);
    assertThat(subscribers(matches)).contains("literal");
    assertThat(tree.match("b/c", null).isCut()).isFalse();
  }

  @Test
  void many_subscribers_of_one_filter_come_and_go() {
    long seed = System.nanoTime();
    System.out.println("TopicTreeTest crowd seed " + seed);
    Random random = new Random(seed);
    TopicTree<Integer> tree = new TopicTree<>(10_000);
    Set<Integer> expected = new TreeSet<>();
    for (int step = 0; step < 5_000; step++) {
      int subscriber = random.nextInt(step < 2_500 ? 200 : 40);
      if (random.nextInt(5) < (step < 2_500 ? 3 : 1)) {
        tree.put("all", Grant.of(subscriber, Qos.AT_MOST_ONCE));
        expected.add(subscriber);
      } else {
        tree.remove("all", subscriber);
        expected.remove(subscriber);
      }
      Matches<Integer> matches = tree.match("all", null);
      assertThat(matches.size()).as("seed %d", seed).isEqualTo(expected.size());
      if (step % 50 == 0) {
        assertThat(IntStream.range(0, matches.size()).mapToObj(i -> matches.get(i).subscriber()))
            .as("seed %d", seed)
            .containsExactlyInAnyOrderElementsOf(expected);
      }
    }
    expected.forEach(subscriber -> tree.remove("all", subscriber));
    assertThat(tree.isEmpty()).isTrue();
  }

  private static Grant<String> grant(
      String subscriber,
      Qos qos,
      @Nullable SessionKey notFrom,
      boolean retainAsPublished,
      int identifier) {
    return new Grant<>(
        subscriber,
        qos,
        notFrom,
        retainAsPublished,
        identifier == 0 ? SubscriptionIds.NONE : SubscriptionIds.of(identifier));
  }

  private static List<Integer> ids(Grant<String> grant) {
    return IntStream.range(0, grant.ids().size()).mapToObj(grant.ids()::get).toList();
  }

  private static List<String> subscribers(Matches<String> matches) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < matches.size(); i++) {
      names.add(matches.get(i).subscriber());
    }
    return names;
  }

  static String randomTopic(Random random) {
    return IntStream.range(0, 1 + random.nextInt(5))
            .mapToObj(_ -> level(random))
            .collect(Collectors.joining("/"))
        + (random.nextInt(4) == 0 ? "/" : "x");
  }

  static String randomFilter(Random random) {
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
