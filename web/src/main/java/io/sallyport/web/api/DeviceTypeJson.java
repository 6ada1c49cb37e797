package io.sallyport.web.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceType;
import io.sallyport.web.json.ApiJson;
import io.sallyport.web.json.EmbeddedJson;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A device type as JSON. */
record DeviceTypeJson(
    String id,
    @JsonProperty("class") @Schema(allowableValues = {"device", "gateway"}) String deviceClass,
    String description,
    DeviceInfoJson info,
    @JsonRawValue @Schema(type = "object") @Nullable String metadata,
    Instant created,
    Instant updated)
    implements ApiJson {
  static DeviceTypeJson of(DeviceType type, EmbeddedJson embedded) {
    return new DeviceTypeJson(
        type.id().value(),
        className(type.deviceClass()),
        type.description(),
        DeviceInfoJson.of(type.info()),
        type.metadata().flatMap(embedded::of).orElse(null),
        type.created(),
        type.updated());
  }

  static String className(DeviceClass deviceClass) {
    return deviceClass.name().toLowerCase(Locale.ROOT);
  }

  /** What creates a device type; {@code class} defaults to device. */
  record New(
      @Nullable String id,
      @JsonProperty("class") @Schema(allowableValues = {"device", "gateway"})
          @Nullable String deviceClass,
      @Nullable String description,
      @Nullable DeviceInfoJson info,
      @Schema(type = "object") @Nullable JsonNode metadata)
      implements ApiJson {
    DeviceClass parsedClass() {
      return switch (deviceClass) {
        case null -> DeviceClass.DEVICE;
        case "device" -> DeviceClass.DEVICE;
        case "gateway" -> DeviceClass.GATEWAY;
        default -> throw Problem.invalid("member 'class' must be device or gateway");
      };
    }
  }

  /** What changes a device type; absent members stay as they are. */
  record Change(
      @Nullable String description,
      @Nullable DeviceInfoJson info,
      @Schema(type = "object") @Nullable JsonNode metadata)
      implements ApiJson {}
}
