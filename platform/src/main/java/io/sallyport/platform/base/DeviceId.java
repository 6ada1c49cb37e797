package io.sallyport.platform.base;

import java.nio.charset.StandardCharsets;

/**
 * The id of a device within its type: 1 to 128 bytes of UTF-8 without {@code / + #}, control
 * characters or unpaired surrogates.
 */
public record DeviceId(String value) implements Comparable<DeviceId> {
  public static final int BYTES_MAX = 128;

  public DeviceId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "a device id is 1 to 128 bytes without / + # and control characters");
    }
  }

  public static boolean isValid(String text) {
    if (text.isEmpty() || text.length() > BYTES_MAX) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '/' || c == '+' || c == '#' || Character.isISOControl(c)) {
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

  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
