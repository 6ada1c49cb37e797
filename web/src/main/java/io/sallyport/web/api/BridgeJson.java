package io.sallyport.web.api;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.space.Bridge;
import io.sallyport.platform.space.Bridge.Direction;
import io.sallyport.web.json.ApiJson;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A bridge between a plain space and a device's events, as JSON.
 *
 * @param direction {@code to-event} or {@code from-event}
 * @param author whose rights it runs with
 * @param stopped why it does not run; absent while it does
 */
record BridgeJson(
    String name,
    String direction,
    String topic,
    String type,
    String device,
    String event,
    String format,
    String author,
    boolean running,
    @Nullable String stopped,
    Instant created)
    implements ApiJson {
  private static final String TO_EVENT = "to-event";
  private static final String FROM_EVENT = "from-event";

  static BridgeJson of(Bridge bridge) {
    Bridge.Plan plan = bridge.plan();
    return new BridgeJson(
        plan.name(),
        switch (plan.direction()) {
          case TO_EVENT -> TO_EVENT;
          case FROM_EVENT -> FROM_EVENT;
        },
        plan.topic(),
        plan.device().type().value(),
        plan.device().id().value(),
        plan.event(),
        plan.format(),
        "key:" + bridge.author(),
        bridge.stopped().isEmpty(),
        bridge.stopped().orElse(null),
        bridge.created());
  }

  /** What creates a bridge; for {@code from-event}, absent event and format mean all. */
  record New(
      @Nullable String name,
      @Nullable String direction,
      @Nullable String topic,
      @Nullable String type,
      @Nullable String device,
      @Nullable String event,
      @Nullable String format)
      implements ApiJson {
    Bridge.Plan plan(TenantId tenant) {
      Direction way =
          switch (BodyFields.required(direction, "direction")) {
            case TO_EVENT -> Direction.TO_EVENT;
            case FROM_EVENT -> Direction.FROM_EVENT;
            default -> throw Problem.invalid("member 'direction' must be to-event or from-event");
          };
      boolean all = way == Direction.FROM_EVENT;
      return new Bridge.Plan(
          BodyFields.required(name, "name"),
          way,
          BodyFields.required(topic, "topic"),
          new DeviceKey(
              tenant,
              BodyFields.typeId(BodyFields.required(type, "type"), "type"),
              BodyFields.deviceId(BodyFields.required(device, "device"), "device")),
          all && event == null ? "+" : BodyFields.required(event, "event"),
          all && format == null ? "+" : BodyFields.required(format, "format"));
    }
  }

  /** Starts or stops a bridge. */
  record Change(@Nullable Boolean running) implements ApiJson {}
}
