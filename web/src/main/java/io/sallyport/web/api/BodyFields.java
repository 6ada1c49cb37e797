package io.sallyport.web.api;

import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.telemetry.Event;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Checks members of bodies; what is wrong is named, never repeated. */
final class BodyFields {
  private static final int TEXT_CHARS_MAX = 1024;

  private BodyFields() {}

  static <T> T required(@Nullable T value, String member) {
    if (value == null) {
      throw Problem.invalid("member '" + member + "' is missing");
    }
    return value;
  }

  static TenantId tenantId(String text) {
    if (!TenantId.isValid(text)) {
      throw Problem.invalid("member 'id' must be six characters a-z or 0-9");
    }
    return new TenantId(text);
  }

  static TypeId typeId(String text, String member) {
    if (!TypeId.isValid(text)) {
      throw Problem.invalid(
          "member '" + member + "' must be 1 to 36 characters of A-Z a-z 0-9 _ . -");
    }
    return new TypeId(text);
  }

  static DeviceId deviceId(String text, String member) {
    if (!DeviceId.isValid(text)) {
      throw Problem.invalid(
          "member '" + member + "' must be 1 to 128 bytes without / + # and control characters");
    }
    DeviceId id = new DeviceId(text);
    if (!id.isAddressable()) {
      throw Problem.invalid(
          "member '" + member + "' must not hold % ; or \\: no address could name it");
    }
    return id;
  }

  /** Text for people, e.g. a name or comment. */
  static String text(String value, String member) {
    if (value.length() > TEXT_CHARS_MAX
        || value.chars().anyMatch(Character::isISOControl)
        || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
      throw Problem.invalid(
          "member '"
              + member
              + "' must be at most "
              + TEXT_CHARS_MAX
              + " characters without control characters");
    }
    return value;
  }

  /** A name that becomes one level of a topic: event, command, format. */
  static String topicLevel(String value, String member) {
    if (value.isEmpty()
        || value.getBytes(StandardCharsets.UTF_8).length > Event.NAME_BYTES_MAX
        || value.chars().anyMatch(c -> c == '/' || c == '+' || c == '#')
        || value.chars().anyMatch(Character::isISOControl)
        || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
      throw Problem.invalid(
          "member '"
              + member
              + "' must be 1 to "
              + Event.NAME_BYTES_MAX
              + " bytes without / + # and control characters");
    }
    return value;
  }
}
