package io.sallyport.platform.base;

import java.util.Base64;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The meaningless 128-bit random name of one refusal, shown to the client where its contract has
 * room, and always in log and audit (THREATS T47). 22 characters {@code [A-Za-z0-9_-]}.
 */
public record RefusalId(String value) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{22}");

  public RefusalId {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a refusal id");
    }
  }

  public static RefusalId random(RandomGenerator random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return new RefusalId(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  @Override
  public String toString() {
    return value;
  }
}
