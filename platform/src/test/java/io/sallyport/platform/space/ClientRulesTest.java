package io.sallyport.platform.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MESSAGING section 3: what access rules grant. */
class ClientRulesTest {
  private static ClientRules rules(String text) {
    return rules(text, "c1", "u1");
  }

  private static ClientRules rules(String text, String clientId, String userName) {
    List<AccessRule> rules =
        text.isBlank()
            ? List.of()
            : List.of(text.split(";")).stream().map(String::strip).map(AccessRule::parse).toList();
    return ClientRules.of(rules, clientId, userName);
  }

  @ParameterizedTest(name = "[{0}] publish {1}, receive {2} of {3}")
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "\"\", false, false, a",
        "allow both #, true, true, a",
        "allow both #, true, true, /",
        "allow both #, false, false, $SYS/x",
        "allow both $SYS/#, false, false, $SYS/x",
        "allow publish a/#, true, false, a",
        "allow subscribe a/#, false, true, a/b/c",
        "deny both a/b; allow both a/#, false, false, a/b",
        "deny both a/b; allow both a/#, true, true, a/c",
        "allow both a/#; deny both a/b, true, true, a/b",
        "deny publish #; allow both #, false, true, a",
        "allow both a/+, true, true, a/",
        "allow both a/+, false, false, a",
        "allow both a/+, false, false, a/b/c",
        "allow both /a, false, false, a",
        "allow both %c/#, true, true, c1/x",
        "allow both %c/#, false, false, %c/x",
        "allow both %c/#, false, false, c2/x",
        "allow both home/%u/+, true, true, home/u1/x",
        "allow both home/%u/+, false, false, home/u2/x"
      })
  void the_first_rule_that_matches_wins_and_none_means_no(
      String text, boolean publish, boolean receive, String topic) {
    assertThat(rules(text).mayPublish(topic)).isEqualTo(publish);
    assertThat(rules(text).mayReceive(topic)).isEqualTo(receive);
  }

  @ParameterizedTest(name = "[{0}] {1}: {2}")
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "\"\", #, false",
        "allow both a/#, a/b, true",
        "allow both a/#, #, true",
        "allow both a/b, +/b, true",
        "allow both a/b, +/c, false",
        "allow publish #, a, false",
        "deny both a/#; allow both #, a/b, false",
        "deny both a/#; allow both #, a/#, false",
        "deny both a/#; allow both #, #, true",
        "deny both a/#; allow both a/b, +/b, false",
        "allow both a/#; deny both #, a/b, true",
        "allow both a/#; deny both #, b, false",
        "deny both +/x; allow both a/#, a/x, false",
        "deny both +/x; allow both a/#, a/+, true",
        "allow both #, $SYS/#, false",
        "allow both a/#, a/+/#, true",
        "allow both %c/#, c1/+, true",
        "allow both %c/#, +/x, true",
        "allow both %c/#, c2/+, false"
      })
  void a_filter_is_granted_where_something_of_it_is_allowed(
      String text, String filter, boolean granted) {
    assertThat(rules(text).maySubscribe(filter)).isEqualTo(granted);
  }

  /** CVE-2017-7650. */
  @ParameterizedTest
  @ValueSource(strings = {"+", "#", "a/b", "c+", "#c", "x\0", "/"})
  void a_client_id_that_is_no_level_matches_no_rule_with_a_substitution(String hostile) {
    for (String rule : List.of("allow both %c/#", "allow both x/%u/%c", "allow both %c")) {
      for (ClientRules rules : List.of(rules(rule, hostile, "u1"), rules(rule, "c1", hostile))) {
        for (String topic : List.of("a/b", "c1/x", "x/u1/c1", "a", "c1", hostile)) {
          assertThat(rules.mayPublish(topic)).as(rule + " " + topic).isFalse();
          assertThat(rules.mayReceive(topic)).as(rule + " " + topic).isFalse();
        }
        assertThat(rules.maySubscribe("#")).as(rule).isFalse();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "allow both",
        "permit both #",
        "allow all #",
        "ALLOW both #",
        "allow both a#",
        "allow both a/#/b",
        "allow both a+/b",
        "allow both x%c/y",
        "allow both %c%u",
        "allow  both #",
        "allow both "
      })
  void a_rule_of_another_form_is_refused(String text) {
    assertThatThrownBy(() -> AccessRule.parse(text)).isInstanceOf(ProblemException.class);
  }

  @Test
  void a_rule_is_written_as_it_is_read() {
    for (String text : List.of("allow both #", "deny publish a b/%c/+", "allow subscribe /")) {
      assertThat(AccessRule.parse(text).text()).isEqualTo(text);
    }
  }

  private static final List<String> WORDS = List.of("a", "b", "", "+", "#", "%c", "%u");

  /**
   * For random rules, filters and topics: publishing and receiving is what a simple evaluator says,
   * and a subscription is granted whenever one topic of it may be received, and never when each of
   * many topics may not and a rule denies the whole filter.
   */
  @Test
  void no_set_of_rules_grants_what_a_simple_evaluator_denies() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      List<AccessRule> rules = new ArrayList<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        rules.add(
            new AccessRule(
                random.nextBoolean() ? AccessRule.Effect.ALLOW : AccessRule.Effect.DENY,
                AccessRule.Action.values()[random.nextInt(3)],
                filter(random)));
      }
      ClientRules compiled = ClientRules.of(rules, "a", "b");
      String filter = filter(random).replace("%c", "a").replace("%u", "b");
      boolean granted = compiled.maySubscribe(filter);
      for (int i = 0; i < 10; i++) {
        String topic = topic(random);
        String story = "seed " + seed + ": " + rules + " " + topic + " " + filter;
        boolean receive = naive(rules, AccessRule.Action.SUBSCRIBE, topic);
        assertThat(compiled.mayPublish(topic))
            .as(story)
            .isEqualTo(naive(rules, AccessRule.Action.PUBLISH, topic));
        assertThat(compiled.mayReceive(topic)).as(story).isEqualTo(receive);
        if (receive && NaiveMatch.matches(filter, topic)) {
          assertThat(granted).as(story).isTrue();
        }
      }
      if (granted) {
        assertThat(rules)
            .as("seed %d: something subscribes", seed)
            .anyMatch(rule ->
                rule.effect() == AccessRule.Effect.ALLOW
                    && rule.action() != AccessRule.Action.PUBLISH);
      }
    }
  }

  @Test
  void what_two_patterns_have_in_common_is_matched_by_both_and_by_nothing_else() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      String one = filter(random).replace("%c", "a").replace("%u", "b");
      String two = filter(random).replace("%c", "a").replace("%u", "b");
      String topic = topic(random);
      boolean both = NaiveMatch.matches(one, topic) && NaiveMatch.matches(two, topic);
      boolean common =
          TopicPattern.of(one)
              .intersection(TopicPattern.of(two))
              .map(pattern -> pattern.matches(topic))
              .orElse(false);
      String story = "seed " + seed + ": " + one + " " + two + " " + topic;
      assertThat(common).as(story).isEqualTo(both);
      if (TopicPattern.of(one).contains(TopicPattern.of(two)) && NaiveMatch.matches(two, topic)) {
        assertThat(NaiveMatch.matches(one, topic)).as(story).isTrue();
      }
    }
  }

  private static String filter(Random random) {
    List<String> levels = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      String level = WORDS.get(random.nextInt(WORDS.size()));
      levels.add(level);
      if (level.equals("#")) {
        break;
      }
    }
    String filter = String.join("/", levels);
    return filter.isEmpty() ? "a" : filter;
  }

  private static String topic(Random random) {
    List<String> levels = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      levels.add(WORDS.get(random.nextInt(3)));
    }
    String topic = String.join("/", levels);
    return topic.isEmpty() ? "b" : topic;
  }

  private static boolean naive(List<AccessRule> rules, AccessRule.Action action, String topic) {
    for (AccessRule rule : rules) {
      boolean concerns = rule.action() == AccessRule.Action.BOTH || rule.action() == action;
      String filter = rule.filter().replace("%c", "a").replace("%u", "b");
      if (concerns && NaiveMatch.matches(filter, topic)) {
        return rule.effect() == AccessRule.Effect.ALLOW;
      }
    }
    return false;
  }

  /** MQTT 3.1.1 §4.7, written for reading. */
  private static final class NaiveMatch {
    static boolean matches(String filter, String topic) {
      return matches(List.of(filter.split("/", -1)), List.of(topic.split("/", -1)));
    }

    private static boolean matches(List<String> filter, List<String> topic) {
      if (filter.isEmpty()) {
        return topic.isEmpty();
      }
      if (filter.getFirst().equals("#")) {
        return true;
      }
      if (topic.isEmpty()) {
        return false;
      }
      boolean level = filter.getFirst().equals("+") || filter.getFirst().equals(topic.getFirst());
      return level && matches(filter.subList(1, filter.size()), topic.subList(1, topic.size()));
    }
  }
}
