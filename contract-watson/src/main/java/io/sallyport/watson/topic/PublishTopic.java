package io.sallyport.watson.topic;

import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.watson.WatsonNames;
import java.util.Optional;

/**
 * What a topic of a PUBLISH means, by kind of client (watson-iot.md sections 5.1 to 5.3). The
 * tenant always comes from the connection; a device's topics can name nobody but itself.
 */
public sealed interface PublishTopic {
  /** An event of the publishing device itself. */
  record OwnEvent(String name, String format) implements PublishTopic {}

  /** An event of the named device. */
  record EventOf(DeviceKey device, String name, String format) implements PublishTopic {}

  /** A command to the named device. */
  record CommandTo(DeviceKey device, String name, String format) implements PublishTopic {}

  /**
   * A device management request.
   *
   * @param answerTopic where its answer goes
   * @param action what follows the prefix, e.g. {@code mgmt/manage}
   */
  record ManagementRequest(String answerTopic, String action) implements PublishTopic {}

  /** A topic of the contract that this kind of client may not publish to: close code 180. */
  record Forbidden() implements PublishTopic {}

  /** No topic of the contract: close code 276. */
  record Invalid() implements PublishTopic {}

  Forbidden FORBIDDEN = new Forbidden();
  Invalid INVALID = new Invalid();

  /** A device's topics: its own short forms only. */
  static PublishTopic ofDevice(String topic) {
    Levels levels = Levels.of(topic);
    if (levels.matches("iot-2", "evt", "", "fmt", "")) {
      return Levels.isName(levels.get(2)) && Levels.isName(levels.get(4))
          ? new OwnEvent(levels.get(2), levels.get(4))
          : INVALID;
    }
    if (levels.is(0, "iotdevice-1") && levels.count() > 1 && !levels.is(1, "type")) {
      return new ManagementRequest("iotdm-1/response", levels.rest(1));
    }
    return outside(levels);
  }

  /** A gateway's topics: long forms for itself and devices behind it, which the caller checks. */
  static PublishTopic ofGateway(TenantId tenant, String topic) {
    Levels levels = Levels.of(topic);
    if (levels.matches("iot-2", "type", "", "id", "", "evt", "", "fmt", "")) {
      return event(tenant, levels);
    }
    if (levels.is(0, "iotdevice-1")
        && levels.is(1, "type")
        && levels.is(3, "id")
        && levels.count() > 5) {
      return device(tenant, levels)
          .<PublishTopic>map(key ->
              new ManagementRequest(
                  "iotdm-1/type/" + levels.get(2) + "/id/" + levels.get(4) + "/response",
                  levels.rest(5)))
          .orElse(INVALID);
    }
    return outside(levels);
  }

  /** An application's topics: events as a device, and commands. */
  static PublishTopic ofApplication(TenantId tenant, String topic) {
    Levels levels = Levels.of(topic);
    if (levels.matches("iot-2", "type", "", "id", "", "evt", "", "fmt", "")) {
      return event(tenant, levels);
    }
    if (levels.matches("iot-2", "type", "", "id", "", "cmd", "", "fmt", "")) {
      if (!Levels.isName(levels.get(6)) || !Levels.isName(levels.get(8))) {
        return INVALID;
      }
      return device(tenant, levels)
          .<PublishTopic>map(key -> new CommandTo(key, levels.get(6), levels.get(8)))
          .orElse(INVALID);
    }
    return outside(levels);
  }

  private static PublishTopic event(TenantId tenant, Levels levels) {
    if (!Levels.isName(levels.get(6)) || !Levels.isName(levels.get(8))) {
      return INVALID;
    }
    return device(tenant, levels)
        .<PublishTopic>map(key -> new EventOf(key, levels.get(6), levels.get(8)))
        .orElse(INVALID);
  }

  private static Optional<DeviceKey> device(TenantId tenant, Levels levels) {
    if (!TypeId.isValid(levels.get(2))) {
      return Optional.empty();
    }
    Optional<DeviceId> id = WatsonNames.decode(levels.get(4));
    return id.map(device -> new DeviceKey(tenant, new TypeId(levels.get(2)), device));
  }

  /** Known families are somebody else's; everything else is no topic at all. */
  private static PublishTopic outside(Levels levels) {
    if (levels.count() < 2) {
      return INVALID;
    }
    return switch (levels.get(0)) {
      case "iot-2" ->
          switch (levels.get(1)) {
            case "type", "evt", "cmd", "app", "intf", "thing" -> FORBIDDEN;
            default -> INVALID;
          };
      case "iotdm-1", "iotdevice-1" -> FORBIDDEN;
      default -> INVALID;
    };
  }
}
