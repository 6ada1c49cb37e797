package io.sallyport.platform.space;

import java.util.regex.Pattern;

/**
 * The form of names of spaces, plain credentials and bridges: no separator of any kind (THREATS
 * T30), and none that another contract's login looks like.
 */
public final class PlainNames {
  static final String FORM =
      "name has 1 to 64 characters of A-Z a-z 0-9 _ . @ -, the first a letter, digit or _, and is"
          + " not like an API key's";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}");
  private static final Pattern KEY = Pattern.compile("a-[a-z0-9]{6}-.*|o-[A-Za-z0-9]{10}");
  private static final String WATSON_USER = "use-token-auth";

  private PlainNames() {}

  /** Whether something could have this name. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches()
        && !KEY.matcher(text).matches()
        && !text.equals(WATSON_USER);
  }
}
