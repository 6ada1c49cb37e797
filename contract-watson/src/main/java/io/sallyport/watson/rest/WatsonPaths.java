package io.sallyport.watson.rest;

import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.watson.WatsonNames;
import java.util.Optional;

/** The API's paths and the ids in them. */
final class WatsonPaths {
  static final String BASE = "/api/v0002";
  static final String TYPES = BASE + "/device/types";
  static final String DEVICES = TYPES + "/{type}/devices";
  static final String DEVICE = DEVICES + "/{device}";

  private WatsonPaths() {}

  /** A malformed id names nothing: 404, as for any id that does not exist. */
  static TypeId type(String text) {
    if (!TypeId.isValid(text)) {
      throw ApiProblem.of(404, "The device type does not exist.");
    }
    return new TypeId(text);
  }

  static DeviceKey device(TenantId tenant, String type, String device) {
    return new DeviceKey(
        tenant,
        type(type),
        deviceId(device).orElseThrow(() -> ApiProblem.of(404, "The device does not exist.")));
  }

  /** In the spelling of topics and of this API's answers, or as it is. */
  static Optional<DeviceId> deviceId(String text) {
    return WatsonNames.decode(text)
        .or(() -> DeviceId.isValid(text) ? Optional.of(new DeviceId(text)) : Optional.empty());
  }
}
