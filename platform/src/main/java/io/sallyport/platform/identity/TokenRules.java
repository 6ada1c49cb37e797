package io.sallyport.platform.identity;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Secret;

/** What a chosen token must look like: Watson contract section 9.3. */
public final class TokenRules {
  public static final int CHARS_MIN = 8;
  public static final int CHARS_MAX = 36;

  /** Characters that a token said to be random has at least: 17 of 72 kinds are 104 bits. */
  public static final int RANDOM_CHARS_MIN = 17;

  private static final int RANDOM_KINDS_MIN = 8;

  private TokenRules() {}

  /**
   * Refuses what can't be a random token of 100 bits: too short, or of few different characters.
   * That it really was made at random only its owner can say.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code INVALID}, without the token
   */
  public static void requireRandom(Secret token) {
    String text = token.revealText();
    if (text.length() < RANDOM_CHARS_MIN || text.chars().distinct().count() < RANDOM_KINDS_MIN) {
      throw Problem.invalid(
          "a token marked as random has at least 17 characters of at least 8 different kinds");
    }
  }

  /**
   * @throws io.sallyport.platform.base.ProblemException {@code INVALID}, without the token
   */
  public static void require(Secret token) {
    String text = token.revealText();
    boolean good =
        text.length() >= CHARS_MIN
            && text.length() <= CHARS_MAX
            && text.chars().allMatch(c -> TokenGenerator.TOKEN_CHARS.indexOf(c) >= 0);
    if (!good) {
      throw Problem.invalid(
          "a chosen token has 8 to 36 characters of A-Z a-z 0-9 _ . ! & @ ? * + ( ) -");
    }
  }
}
