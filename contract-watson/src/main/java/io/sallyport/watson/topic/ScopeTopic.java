package io.sallyport.watson.topic;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.watson.WatsonNames;
import java.util.Optional;

/**
 * What a message in the tenant's scope is about; made for the topics that applications see, and
 * read back from them where a message has lost its note.
 */
public sealed interface ScopeTopic {
  /** An event of the device. */
  record OfEvent(DeviceKey device) implements ScopeTopic {}

  /** A command to the device. */
  record OfCommand(DeviceKey device) implements ScopeTopic {}

  /** A status message of the device. */
  record OfDeviceStatus(DeviceKey device) implements ScopeTopic {}

  /** A status message of an application. */
  record OfApplicationStatus() implements ScopeTopic {}

  static String event(DeviceKey device, String name, String format) {
    return prefix(device) + "/evt/" + Levels.asName(name) + "/fmt/" + Levels.asName(format);
  }

  static String command(DeviceKey device, String name, String format) {
    return prefix(device) + "/cmd/" + Levels.asName(name) + "/fmt/" + Levels.asName(format);
  }

  static String ownCommand(String name, String format) {
    return "iot-2/cmd/" + Levels.asName(name) + "/fmt/" + Levels.asName(format);
  }

  static String deviceStatus(DeviceKey device) {
    return prefix(device) + "/mon";
  }

  static String applicationStatus(String appId) {
    return "iot-2/app/" + appId + "/mon";
  }

  static String notices(DeviceKey gateway) {
    return prefix(gateway) + "/notify";
  }

  /** Empty if the topic is none that this contract puts into a tenant's scope. */
  static Optional<ScopeTopic> parse(TenantId tenant, String topic) {
    Levels levels = Levels.of(topic);
    if (levels.matches("iot-2", "app", "", "mon")) {
      return Optional.of(new OfApplicationStatus());
    }
    if (!levels.is(0, "iot-2")
        || !levels.is(1, "type")
        || !levels.is(3, "id")
        || levels.count() < 6
        || !TypeId.isValid(levels.get(2))) {
      return Optional.empty();
    }
    return WatsonNames.decode(levels.get(4))
        .map(id -> new DeviceKey(tenant, new TypeId(levels.get(2)), id))
        .flatMap(key ->
            switch (levels.get(5)) {
              case "evt" -> Optional.of(new OfEvent(key));
              case "cmd" -> Optional.of(new OfCommand(key));
              case "mon" -> Optional.of(new OfDeviceStatus(key));
              default -> Optional.empty();
            });
  }

  private static String prefix(DeviceKey device) {
    return "iot-2/type/" + device.type().value() + "/id/" + WatsonNames.encode(device.id());
  }
}
