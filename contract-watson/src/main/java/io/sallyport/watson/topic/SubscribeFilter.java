package io.sallyport.watson.topic;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TypeId;
import io.sallyport.watson.WatsonNames;

/**
 * What a filter of a SUBSCRIBE asks for, by kind of client (watson-iot.md sections 5.1 to 5.3).
 * {@code +} is taken only as a whole variable level, {@code #} only below {@code iotdm-1/}; a
 * filter is refused rather than widened or narrowed.
 */
public sealed interface SubscribeFilter {
  /** Commands to the subscribing device. */
  record OwnCommands() implements SubscribeFilter {}

  /** Commands to devices; {@code +} possible in type and device. */
  record Commands(String type, String device) implements SubscribeFilter {}

  /** Events of devices. */
  record Events(String type, String device) implements SubscribeFilter {}

  /** Status messages of devices. */
  record DeviceStatus(String type, String device) implements SubscribeFilter {}

  /** Status messages of applications. */
  record ApplicationStatus(String appId) implements SubscribeFilter {}

  /** Answers and requests of device management. */
  record Management() implements SubscribeFilter {}

  /** A gateway's own error messages. */
  record Notices() implements SubscribeFilter {}

  /** Not a filter for this kind of client. */
  record NotOffered() implements SubscribeFilter {}

  OwnCommands OWN_COMMANDS = new OwnCommands();
  Management MANAGEMENT = new Management();
  Notices NOTICES = new Notices();
  NotOffered NOT_OFFERED = new NotOffered();

  static SubscribeFilter ofDevice(String filter) {
    Levels levels = Levels.of(filter);
    if (levels.matches("iot-2", "cmd", "", "fmt", "")
        && Levels.isNameFilter(levels.get(2))
        && Levels.isNameFilter(levels.get(4))) {
      return OWN_COMMANDS;
    }
    return levels.is(0, "iotdm-1") && levels.count() > 1 && !levels.is(1, "type")
        ? MANAGEMENT
        : NOT_OFFERED;
  }

  /**
   * @param gateway who subscribes
   */
  static SubscribeFilter ofGateway(DeviceKey gateway, String filter) {
    Levels levels = Levels.of(filter);
    if (levels.matches("iot-2", "type", "", "id", "", "cmd", "", "fmt", "")) {
      return devices(levels) && names(levels)
          ? new Commands(levels.get(2), levels.get(4))
          : NOT_OFFERED;
    }
    if (levels.matches(
        "iot-2",
        "type",
        gateway.type().value(),
        "id",
        WatsonNames.encode(gateway.id()),
        "notify")) {
      return NOTICES;
    }
    if (levels.matches("iot-2", "type", "", "id", "", "mon") && devices(levels)) {
      return new DeviceStatus(levels.get(2), levels.get(4));
    }
    return levels.is(0, "iotdm-1")
            && levels.is(1, "type")
            && levels.is(3, "id")
            && levels.count() > 5
            && devices(levels)
        ? MANAGEMENT
        : NOT_OFFERED;
  }

  static SubscribeFilter ofApplication(String filter) {
    Levels levels = Levels.of(filter);
    if (levels.matches("iot-2", "type", "", "id", "", "evt", "", "fmt", "")) {
      return devices(levels) && names(levels)
          ? new Events(levels.get(2), levels.get(4))
          : NOT_OFFERED;
    }
    if (levels.matches("iot-2", "type", "", "id", "", "cmd", "", "fmt", "")) {
      return devices(levels) && names(levels)
          ? new Commands(levels.get(2), levels.get(4))
          : NOT_OFFERED;
    }
    if (levels.matches("iot-2", "type", "", "id", "", "mon")) {
      return devices(levels) ? new DeviceStatus(levels.get(2), levels.get(4)) : NOT_OFFERED;
    }
    if (levels.matches("iot-2", "app", "", "mon")) {
      String appId = levels.get(2);
      return appId.equals("+") || WatsonNames.isValid(appId)
          ? new ApplicationStatus(appId)
          : NOT_OFFERED;
    }
    return NOT_OFFERED;
  }

  private static boolean devices(Levels levels) {
    String type = levels.get(2);
    String device = levels.get(4);
    return (type.equals("+") || TypeId.isValid(type))
        && (device.equals("+") || WatsonNames.decode(device).isPresent());
  }

  private static boolean names(Levels levels) {
    return Levels.isNameFilter(levels.get(6)) && Levels.isNameFilter(levels.get(8));
  }
}
