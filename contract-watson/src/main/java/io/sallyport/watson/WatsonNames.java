package io.sallyport.watson;

import io.sallyport.platform.base.DeviceId;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The contract's character rules (watson-iot.md section 3), and the spelling of device ids of other
 * contracts in topics and paths: every byte outside {@code [A-Za-z0-9_.-]} is written {@code %XX}.
 */
public final class WatsonNames {
  /** Longest app id, type id and device id. */
  public static final int CHARACTERS_MAX = 36;

  private static final char[] HEX = "0123456789ABCDEF".toCharArray();

  private WatsonNames() {}

  /** Whether the text is 1 to 36 characters {@code [A-Za-z0-9_.-]}. */
  public static boolean isValid(String text) {
    return !text.isEmpty() && text.length() <= CHARACTERS_MAX && isPlain(text);
  }

  /** The id as this contract writes it; its own ids come out unchanged. */
  public static String encode(DeviceId id) {
    String text = id.value();
    if (isPlain(text)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() * 3);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (isPlain(c)) {
        out.append(c);
      } else {
        out.append('%').append(HEX[c >> 4]).append(HEX[c & 15]);
      }
    }
    return out.toString();
  }

  /**
   * Reads what {@link #encode} wrote. Only that one spelling is taken, so that a device has exactly
   * one topic; empty for everything else.
   */
  public static Optional<DeviceId> decode(String text) {
    if (isPlain(text)) {
      return DeviceId.isValid(text) ? Optional.of(new DeviceId(text)) : Optional.empty();
    }
    ByteBuffer bytes = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPlain(c)) {
        bytes.put((byte) c);
      } else if (c == '%' && i + 2 < text.length()) {
        int high = Character.digit(text.charAt(i + 1), 16);
        int low = Character.digit(text.charAt(i + 2), 16);
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else {
        return Optional.empty();
      }
    }
    CharBuffer decoded;
    try {
      decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip());
    } catch (CharacterCodingException notUtf8) {
      return Optional.empty();
    }
    String id = decoded.toString();
    if (!DeviceId.isValid(id)) {
      return Optional.empty();
    }
    DeviceId result = new DeviceId(id);
    return encode(result).equals(text) ? Optional.of(result) : Optional.empty();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isPlain(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c == '.'
        || c == '-';
  }
}
