package io.sallyport.platform.base;

import java.util.regex.Pattern;

/** The public id of a tenant: exactly six characters {@code [a-z0-9]}, never changed or reused. */
public record TenantId(String value) implements Comparable<TenantId> {
  private static final Pattern FORM = Pattern.compile("[a-z0-9]{6}");

  public TenantId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("a tenant id is six characters a-z or 0-9");
    }
  }

  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(TenantId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
