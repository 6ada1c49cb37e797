package io.sallyport.web.api;

import io.sallyport.platform.device.DeviceInfo;
import io.sallyport.web.json.ApiJson;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of a device's make, as JSON. */
record DeviceInfoJson(
    @Nullable String serialNumber,
    @Nullable String manufacturer,
    @Nullable String model,
    @Nullable String deviceClass,
    @Nullable String description,
    @Nullable String fwVersion,
    @Nullable String hwVersion,
    @Nullable String descriptiveLocation)
    implements ApiJson {
  static DeviceInfoJson of(DeviceInfo info) {
    return new DeviceInfoJson(
        info.serialNumber().orElse(null),
        info.manufacturer().orElse(null),
        info.model().orElse(null),
        info.deviceClass().orElse(null),
        info.description().orElse(null),
        info.fwVersion().orElse(null),
        info.hwVersion().orElse(null),
        info.descriptiveLocation().orElse(null));
  }

  static DeviceInfo toInfo(@Nullable DeviceInfoJson json) {
    return json == null ? DeviceInfo.NONE : json.checked();
  }

  private DeviceInfo checked() {
    return new DeviceInfo(
        member(serialNumber, "info.serialNumber"),
        member(manufacturer, "info.manufacturer"),
        member(model, "info.model"),
        member(deviceClass, "info.deviceClass"),
        member(description, "info.description"),
        member(fwVersion, "info.fwVersion"),
        member(hwVersion, "info.hwVersion"),
        member(descriptiveLocation, "info.descriptiveLocation"));
  }

  private static Optional<String> member(@Nullable String value, String name) {
    return Optional.ofNullable(value).map(text -> BodyFields.text(text, name));
  }
}
