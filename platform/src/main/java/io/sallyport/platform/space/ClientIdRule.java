package io.sallyport.platform.space;

import io.sallyport.platform.base.Problem;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * Which client ids a plain credential may connect with, written {@code any}, {@code prefix:TEXT} or
 * {@code exact:TEXT}.
 */
public sealed interface ClientIdRule {
  /** Every client id. */
  record Any() implements ClientIdRule {}

  /** Those that begin with the text. */
  record Prefix(String start) implements ClientIdRule {
    public Prefix {
      requireText(start);
    }
  }

  /** One. */
  record Exact(String clientId) implements ClientIdRule {
    public Exact {
      requireText(clientId);
    }
  }

  int CHARS_MAX = 200;

  private static void requireText(String text) {
    if (text.isEmpty()
        || text.length() > CHARS_MAX
        || text.chars().anyMatch(Character::isISOControl)) {
      throw Problem.invalid("a client id rule names 1 to 200 characters, none of them control");
    }
  }

  /** The rule of a credential for which none was chosen. */
  static ClientIdRule defaultFor(String credential) {
    return new Prefix(credential + "-");
  }

  /**
   * @throws io.sallyport.platform.base.ProblemException {@code INVALID}
   */
  static ClientIdRule parse(String text) {
    if (text.equals("any")) {
      return new Any();
    }
    if (text.startsWith("prefix:")) {
      return new Prefix(text.substring("prefix:".length()));
    }
    if (text.startsWith("exact:")) {
      return new Exact(text.substring("exact:".length()));
    }
    throw Problem.invalid("a client id rule is any, prefix:TEXT or exact:TEXT");
  }

  default String text() {
    return switch (this) {
      case Any _ -> "any";
      case Prefix prefix -> "prefix:" + prefix.start();
      case Exact exact -> "exact:" + exact.clientId();
    };
  }

  default boolean permits(String clientId) {
    return switch (this) {
      case Any _ -> true;
      case Prefix prefix -> clientId.startsWith(prefix.start());
      case Exact exact -> clientId.equals(exact.clientId());
    };
  }

  /** An id for a client that brought none: permitted, and never given before (96 random bits). */
  default String fresh(RandomGenerator random) {
    byte[] bytes = new byte[12];
    random.nextBytes(bytes);
    String made = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return switch (this) {
      case Any _ -> "auto-" + made;
      case Prefix prefix -> prefix.start() + made;
      case Exact exact -> exact.clientId();
    };
  }
}
