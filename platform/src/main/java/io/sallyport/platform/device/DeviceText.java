package io.sallyport.platform.device;

import io.sallyport.platform.base.Problem;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks the free text of devices and device types. */
final class DeviceText {
  private static final int CHARS_MAX = 1_024;

  private DeviceText() {}

  static void require(String name, String text) {
    if (text.length() > CHARS_MAX || text.indexOf('\0') >= 0) {
      throw Problem.invalid(name + " has at most 1,024 characters and no NUL");
    }
  }

  static void require(DeviceInfo info) {
    Stream.of(
            info.serialNumber(),
            info.manufacturer(),
            info.model(),
            info.deviceClass(),
            info.description(),
            info.fwVersion(),
            info.hwVersion(),
            info.descriptiveLocation())
        .flatMap(Optional::stream)
        .forEach(text -> require("a member of the device information", text));
  }

  static void requireMetadata(Optional<String> metadata) {
    metadata.ifPresent(JsonText::requireObject);
  }
}
