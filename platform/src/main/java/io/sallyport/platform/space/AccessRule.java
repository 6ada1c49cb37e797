package io.sallyport.platform.space;

import io.sallyport.platform.base.Problem;
import java.util.List;
import java.util.Locale;

/**
 * One line of a credential's access rules, written {@code allow|deny publish|subscribe|both
 * FILTER}. In the filter {@code %c} and {@code %u} stand for client id and user name, as whole
 * levels only (CVE-2017-7650).
 *
 * @param filter a topic filter, possibly with {@code %c} and {@code %u}
 */
public record AccessRule(Effect effect, Action action, String filter) {
  static final String CLIENT_ID = "%c";
  static final String USER_NAME = "%u";

  /** What a rule does with what it matches. */
  public enum Effect {
    ALLOW,
    DENY
  }

  /** What a rule is about. */
  public enum Action {
    PUBLISH,
    SUBSCRIBE,
    BOTH;

    boolean covers(Action asked) {
      return this == BOTH || this == asked;
    }
  }

  public AccessRule {
    for (String level : TopicPattern.of(filter).levels()) {
      boolean whole = level.equals(CLIENT_ID) || level.equals(USER_NAME);
      if (!whole && (level.contains(CLIENT_ID) || level.contains(USER_NAME))) {
        throw Problem.invalid("in an access rule %c and %u are whole levels");
      }
    }
  }

  /**
   * @throws io.sallyport.platform.base.ProblemException {@code INVALID}
   */
  public static AccessRule parse(String text) {
    List<String> parts = List.of(text.split(" ", 3));
    if (parts.size() == 3) {
      for (Effect effect : Effect.values()) {
        for (Action action : Action.values()) {
          if (word(effect).equals(parts.get(0)) && word(action).equals(parts.get(1))) {
            return new AccessRule(effect, action, parts.get(2));
          }
        }
      }
    }
    throw Problem.invalid("an access rule is allow|deny publish|subscribe|both FILTER");
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  boolean substitutes() {
    List<String> levels = TopicPattern.of(filter).levels();
    return levels.contains(CLIENT_ID) || levels.contains(USER_NAME);
  }

  /** The rule as it is written. */
  public String text() {
    return word(effect) + " " + word(action) + " " + filter;
  }
}
