package io.sallyport.platform.base;

import java.util.regex.Pattern;

/**
 * The id of a device type within a tenant: 1 to 36 characters {@code [A-Za-z0-9_.-]}, not {@code .}
 * or {@code ..}.
 */
public record TypeId(String value) implements Comparable<TypeId> {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_.-]{1,36}");

  public TypeId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "a device type id is 1 to 36 characters of A-Z a-z 0-9 _ . -");
    }
  }

  public static boolean isValid(String text) {
    return FORM.matcher(text).matches() && !text.equals(".") && !text.equals("..");
  }

  @Override
  public int compareTo(TypeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
