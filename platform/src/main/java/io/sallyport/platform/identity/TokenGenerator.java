package io.sallyport.platform.identity;

import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import java.util.random.RandomGenerator;

/** Makes tokens and key names. */
public final class TokenGenerator {
  /** Watson contract section 9.3. */
  static final String TOKEN_CHARS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.!&@?*+()-";

  private static final String LETTERS_AND_DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final String KEY_CHARS = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int TOKEN_LENGTH = 24;
  private static final int KEY_LENGTH = 10;

  private final RandomGenerator random;

  /**
   * @param random a cryptographically strong source
   */
  public TokenGenerator(RandomGenerator random) {
    this.random = random;
  }

  /**
   * 24 characters, 148 bits. The first and last are letters or digits: tokens are copied by hand,
   * and a leading hyphen would look like an option on a command line.
   */
  public Secret token() {
    return Secret.of(
        text(LETTERS_AND_DIGITS, 1)
            + text(TOKEN_CHARS, TOKEN_LENGTH - 2)
            + text(LETTERS_AND_DIGITS, 1));
  }

  /** {@code a-<tenant>-<10 characters>}. */
  public String apiKey(TenantId tenant) {
    return "a-" + tenant + "-" + text(KEY_CHARS, KEY_LENGTH);
  }

  /** {@code o-<10 characters>}. */
  public String operatorKey() {
    return "o-" + text(KEY_CHARS, KEY_LENGTH);
  }

  /** A tenant's id. */
  public TenantId tenantId() {
    return new TenantId(text(KEY_CHARS, 6));
  }

  private String text(String alphabet, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
