package io.sallyport.platform.base;

import java.nio.charset.StandardCharsets;

/**
 * The id of a device within its type: 1 to 128 bytes of UTF-8 without {@code / + #}, control
 * characters or unpaired surrogates, and not {@code .} or {@code ..}.
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
  public static final int BYTES_MAX = 128;

  /** What topics give another meaning. */
  private static final String REFUSED = "/+#";

  /** What no path of an address carries safely. */
  private static final String UNADDRESSABLE = "%;\\";

  public DeviceId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "a device id is 1 to 128 bytes without / + # and control characters, not . or ..");
    }
  }

  public static boolean isValid(String text) {
    if (text.isEmpty() || text.length() > BYTES_MAX || text.equals(".") || text.equals("..")) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (REFUSED.indexOf(c) >= 0 || Character.isISOControl(c)) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return text.getBytes(StandardCharsets.UTF_8).length <= BYTES_MAX;
  }

  /**
   * Whether the path of an address can name it as it is. Rooms whose addresses spell ids as they
   * are register only such: what can't be addressed can't be taken away again.
   */
  public boolean isAddressable() {
    return value.chars().noneMatch(c -> UNADDRESSABLE.indexOf(c) >= 0);
  }

  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
