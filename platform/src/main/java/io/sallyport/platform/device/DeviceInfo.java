package io.sallyport.platform.device;

import java.util.Optional;

/** What is known of a device's make. All members may be absent; each at most 1,024 characters. */
public record DeviceInfo(
    Optional<String> serialNumber,
    Optional<String> manufacturer,
    Optional<String> model,
    Optional<String> deviceClass,
    Optional<String> description,
    Optional<String> fwVersion,
    Optional<String> hwVersion,
    Optional<String> descriptiveLocation) {
  public static final DeviceInfo NONE =
      new DeviceInfo(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** This, with the members of {@code change} that are present put over it. */
  public DeviceInfo with(DeviceInfo change) {
    return new DeviceInfo(
        change.serialNumber.or(() -> serialNumber),
        change.manufacturer.or(() -> manufacturer),
        change.model.or(() -> model),
        change.deviceClass.or(() -> deviceClass),
        change.description.or(() -> description),
        change.fwVersion.or(() -> fwVersion),
        change.hwVersion.or(() -> hwVersion),
        change.descriptiveLocation.or(() -> descriptiveLocation));
  }
}
