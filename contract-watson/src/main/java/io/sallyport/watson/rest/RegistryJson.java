package io.sallyport.watson.rest;

import io.sallyport.platform.base.Payload;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceInfo;
import io.sallyport.platform.device.DeviceType;
import io.sallyport.watson.WatsonClientId;
import io.sallyport.watson.WatsonNames;
import io.sallyport.watson.WatsonTime;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Device types and devices as the contract shows them (watson-iot.md section 9.2). */
final class RegistryJson {
  private RegistryJson() {}

  static ObjectNode of(DeviceType type) {
    ObjectNode json =
        Answers.object()
            .put("id", type.id().value())
            .put("description", type.description())
            .put("classId", classId(type.deviceClass()));
    json.set("deviceInfo", of(type.info()));
    json.set("metadata", metadata(type.metadata()));
    json.put("createdDateTime", WatsonTime.text(type.created()))
        .put("updatedDateTime", WatsonTime.text(type.updated()));
    String path = WatsonPaths.TYPES + "/" + type.id();
    json.putObject("refs")
        .put("logicalInterfaces", path + "/logicalinterfaces")
        .put("mappings", path + "/mappings")
        .put("physicalInterface", path + "/physicalinterface");
    return json;
  }

  static ObjectNode of(Device device) {
    String typeId = device.key().type().value();
    String deviceId = WatsonNames.encode(device.key().id());
    String clientId = WatsonClientId.of(device.key(), device.deviceClass() == DeviceClass.GATEWAY);
    ObjectNode json =
        Answers.object()
            .put("clientId", clientId)
            .put("id", clientId)
            .put("typeId", typeId)
            .put("deviceId", deviceId)
            .put("classId", classId(device.deviceClass()));
    json.set("deviceInfo", of(device.info()));
    json.set("metadata", metadata(device.metadata()));
    ObjectNode registration = json.putObject("registration");
    registration.set("auth", author(device.registeredBy()));
    registration.put("date", WatsonTime.text(device.registered()));
    json.putObject("status")
        .putObject("alert")
        .put("enabled", device.alertEnabled())
        .put("timestamp", WatsonTime.text(device.updated()));
    String path = WatsonPaths.TYPES + "/" + typeId + "/devices/" + deviceId;
    json.putObject("refs")
        .put("location", path + "/location")
        .put("mgmt", path + "/mgmt")
        .putObject("diag")
        .put("logs", path + "/diag/logs")
        .put("errorCodes", path + "/diag/errorCodes");
    device
        .gateway()
        .ifPresent(gateway ->
            json.put("gatewayTypeId", gateway.type().value())
                .put("gatewayId", WatsonNames.encode(gateway.id())));
    return json;
  }

  private static String classId(DeviceClass deviceClass) {
    return switch (deviceClass) {
      case DEVICE -> "Device";
      case GATEWAY -> "Gateway";
    };
  }

  /** Who registered it: the audit name's kind in the contract's words. */
  private static ObjectNode author(String auditName) {
    int colon = auditName.indexOf(':');
    String kind = colon < 0 ? "" : auditName.substring(0, colon);
    String type =
        switch (kind) {
          case "key" -> "app";
          case "gateway" -> "gateway";
          case "device" -> "device";
          default -> "person";
        };
    return Answers.object().put("id", auditName.substring(colon + 1)).put("type", type);
  }

  private static ObjectNode of(DeviceInfo info) {
    ObjectNode json = Answers.object();
    info.serialNumber().ifPresent(value -> json.put("serialNumber", value));
    info.manufacturer().ifPresent(value -> json.put("manufacturer", value));
    info.model().ifPresent(value -> json.put("model", value));
    info.deviceClass().ifPresent(value -> json.put("deviceClass", value));
    info.description().ifPresent(value -> json.put("description", value));
    info.fwVersion().ifPresent(value -> json.put("fwVersion", value));
    info.hwVersion().ifPresent(value -> json.put("hwVersion", value));
    info.descriptiveLocation().ifPresent(value -> json.put("descriptiveLocation", value));
    return json;
  }

  private static JsonNode metadata(Optional<String> text) {
    return text.map(Payload::utf8).flatMap(JsonBody::parse).orElseGet(Answers::object);
  }
}
