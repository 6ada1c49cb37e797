package io.sallyport.platform.identity;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Secret;

/** What a chosen token must look like: Watson contract section 9.3. */
public final class TokenRules {
  public static final int CHARS_MIN = 8;
  public static final int CHARS_MAX = 36;

  private TokenRules() {}

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
