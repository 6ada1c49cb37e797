package io.sallyport.platform.space;

import io.sallyport.platform.space.AccessRule.Action;
import io.sallyport.platform.space.AccessRule.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The access rules of one credential as they stand for one client: substitutions made, the first
 * rule that matches wins, and what no rule matches is denied, so that an empty list denies
 * everything (CVE-2018-12550). Topics that begin with {@code $} are denied whatever the rules say.
 * Immutable; pure and quick.
 */
public final class ClientRules {
  private record Rule(boolean allows, Action action, TopicPattern pattern) {}

  private final List<Rule> rules;

  private ClientRules(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  /**
   * @param clientId what {@code %c} stands for
   * @param userName what {@code %u} stands for
   */
  public static ClientRules of(List<AccessRule> rules, String clientId, String userName) {
    List<Rule> compiled = new ArrayList<>();
    for (AccessRule rule : rules) {
      pattern(rule, clientId, userName)
          .ifPresent(pattern ->
              compiled.add(new Rule(rule.effect() == Effect.ALLOW, rule.action(), pattern)));
    }
    return new ClientRules(compiled);
  }

  /**
   * Empty when the rule can't match: a name that would be more than one literal level is never
   * substituted (CVE-2017-7650).
   */
  private static Optional<TopicPattern> pattern(AccessRule rule, String clientId, String userName) {
    if (!rule.substitutes()) {
      return Optional.of(TopicPattern.of(rule.filter()));
    }
    if (!isLevel(clientId) || !isLevel(userName)) {
      return Optional.empty();
    }
    return Optional.of(
        TopicPattern.ofLevels(
            TopicPattern.of(rule.filter()).levels().stream()
                .map(level ->
                    switch (level) {
                      case AccessRule.CLIENT_ID -> clientId;
                      case AccessRule.USER_NAME -> userName;
                      default -> level;
                    })
                .toList()));
  }

  private static boolean isLevel(String name) {
    return name.chars().noneMatch(c -> c == '/' || c == '+' || c == '#' || c == 0);
  }

  /** May the client publish to the topic? */
  public boolean mayPublish(String topic) {
    return may(Action.PUBLISH, topic);
  }

  /** May the client be given a message of the topic? */
  public boolean mayReceive(String topic) {
    return may(Action.SUBSCRIBE, topic);
  }

  private boolean may(Action action, String topic) {
    if (topic.startsWith("$")) {
      return false;
    }
    for (Rule rule : rules) {
      if (rule.action.covers(action) && rule.pattern.matches(topic)) {
        return rule.allows;
      }
    }
    return false;
  }

  /**
   * May the client hold this subscription? So when some topic of the filter is allowed and the
   * filter is not wholly inside a rule that denies before. Each delivery is checked again.
   *
   * @param filter a valid topic filter, without {@code $share/…/} in front
   */
  public boolean maySubscribe(String filter) {
    if (filter.startsWith("$")) {
      return false;
    }
    TopicPattern asked = TopicPattern.of(filter);
    List<TopicPattern> denied = new ArrayList<>();
    for (Rule rule : rules) {
      if (!rule.action.covers(Action.SUBSCRIBE)) {
        continue;
      }
      if (!rule.allows) {
        if (rule.pattern.contains(asked)) {
          return false;
        }
        denied.add(rule.pattern);
        continue;
      }
      Optional<TopicPattern> common = rule.pattern.intersection(asked);
      if (common.isPresent()
          && denied.stream().noneMatch(before -> before.contains(common.get()))) {
        return true;
      }
    }
    return false;
  }
}
