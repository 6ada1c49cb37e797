package io.sallyport.watson.rest;

import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceQuery;
import io.sallyport.platform.device.DeviceRegistration;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.watson.DeviceDirectory;
import io.sallyport.watson.WatsonNames;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Devices (watson-iot.md section 9.1). */
@RestController
final class DeviceController {
  private static final Set<String> NEW_DEVICE =
      Set.of("deviceId", "authToken", "deviceInfo", "location", "metadata");
  private static final Set<String> CHANGED_DEVICE =
      Set.of("deviceInfo", "metadata", "status", "extensions");
  private static final Set<String> FILTERS = Set.of("gatewayTypeId", "gatewayId");

  /** watson-iot.md section 9.3: a token that the caller chose. */
  private static final Pattern OWN_TOKEN = Pattern.compile("[A-Za-z0-9_.!&@?*+()\\-]{8,36}");

  private final DeviceRegistry registry;
  private final DeviceDirectory directory;
  private final Bookmarks bookmarks;

  DeviceController(DeviceRegistry registry, DeviceDirectory directory, Bookmarks bookmarks) {
    this.registry = registry;
    this.directory = directory;
    this.bookmarks = bookmarks;
  }

  @GetMapping(WatsonPaths.DEVICES)
  ResponseEntity<byte[]> list(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      HttpServletRequest request) {
    ListQuery query = ListQuery.of(request, caller, bookmarks, FILTERS);
    // An unknown type is 404, not an empty list.
    TypeId typeId =
        registry.getType(caller.principal(), caller.tenant(), WatsonPaths.type(type)).id();
    return Answers.ok(devices(caller, query, Optional.of(typeId), gateway(caller, query)));
  }

  private static Optional<DeviceKey> gateway(Caller caller, ListQuery query) {
    Optional<String> type = query.filter("gatewayTypeId");
    Optional<String> id = query.filter("gatewayId");
    if (type.isPresent() != id.isPresent()) {
      throw ApiProblem.invalid("gatewayTypeId and gatewayId go together.");
    }
    return type.map(value -> WatsonPaths.device(caller.tenant(), value, id.orElseThrow()));
  }

  private ObjectNode devices(
      Caller caller, ListQuery query, Optional<TypeId> type, Optional<DeviceKey> gateway) {
    DeviceQuery devices = sorted(query.sort(), type, gateway);
    Page<Device> page = registry.list(caller.principal(), caller.tenant(), devices, query.page());
    long total = registry.count(caller.principal(), caller.tenant(), devices);
    return query.answer(page, RegistryJson::of, OptionalLong.of(total));
  }

  private static DeviceQuery sorted(
      List<String> sort, Optional<TypeId> type, Optional<DeviceKey> gateway) {
    if (sort.isEmpty()) {
      return new DeviceQuery(type, gateway, DeviceQuery.Sort.KEY, false);
    }
    boolean descending = sort.getFirst().startsWith("-");
    String member = descending ? sort.getFirst().substring(1) : sort.getFirst();
    DeviceQuery.Sort by =
        switch (member) {
          case "typeId", "id", "clientId" -> DeviceQuery.Sort.KEY;
          case "deviceId" -> DeviceQuery.Sort.DEVICE_ID;
          case "registration.date" -> DeviceQuery.Sort.REGISTERED;
          default -> throw unsortable();
        };
    // Ties are broken by type and id, so only these may follow, in the same direction.
    String tie = descending ? "-deviceId" : "deviceId";
    if (sort.size() > 2 || (sort.size() == 2 && !sort.get(1).equals(tie))) {
      throw unsortable();
    }
    return new DeviceQuery(type, gateway, by, descending);
  }

  private static ApiProblem unsortable() {
    return ApiProblem.invalid(
        "_sort of devices can be typeId, deviceId, id, clientId or registration.date.");
  }

  @PostMapping(WatsonPaths.DEVICES)
  ResponseEntity<byte[]> register(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("type") String type) {
    JsonBody body = JsonBody.of(caller, NEW_DEVICE);
    String deviceId = body.requiredText("deviceId");
    if (!WatsonNames.isValid(deviceId)) {
      throw ApiProblem.invalid("deviceId must be 1 to 36 characters of A-Z a-z 0-9 _ . -");
    }
    Optional<String> token = body.text("authToken");
    if (token.isPresent() && !OWN_TOKEN.matcher(token.get()).matches()) {
      throw ApiProblem.invalid(
          "authToken must be 8 to 36 characters of A-Z a-z 0-9 _ . ! & @ ? * + ( ) -");
    }
    body.refuseIfSent("location");
    DeviceKey key = new DeviceKey(caller.tenant(), WatsonPaths.type(type), new DeviceId(deviceId));
    RegisteredDevice registered =
        register(
            caller,
            new DeviceRegistration(
                key,
                Optional.empty(),
                body.deviceInfo(),
                body.objectText("metadata"),
                token.map(Secret::of)));
    directory.forget(key);
    // The only time that the token is shown.
    return Answers.created(
        RegistryJson.of(registered.device()).put("authToken", registered.token().revealText()));
  }

  private RegisteredDevice register(Caller caller, DeviceRegistration registration) {
    try {
      return registry.register(caller.principal(), registration);
    } catch (ProblemException failure) {
      if (failure.problem().code() == Problem.Code.NOT_FOUND) {
        throw ApiProblem.of(404, "CUDVS0301E", "The device type does not exist.");
      }
      throw failure;
    }
  }

  @GetMapping(WatsonPaths.DEVICE)
  ResponseEntity<byte[]> get(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      @PathVariable("device") String device) {
    DeviceKey key = WatsonPaths.device(caller.tenant(), type, device);
    return Answers.ok(RegistryJson.of(registry.get(caller.principal(), key)));
  }

  /** Members not sent stay as they are. */
  @PutMapping(WatsonPaths.DEVICE)
  ResponseEntity<byte[]> update(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      @PathVariable("device") String device) {
    JsonBody body = JsonBody.of(caller, CHANGED_DEVICE);
    body.refuseIfSent("extensions");
    Optional<Boolean> alert =
        body.object("status", Set.of("alert"))
            .flatMap(status -> status.object("alert", Set.of("enabled", "timestamp")))
            .flatMap(state -> state.flag("enabled"));
    Device updated =
        registry.update(
            caller.principal(),
            WatsonPaths.device(caller.tenant(), type, device),
            body.deviceInfo(),
            body.objectText("metadata"),
            alert);
    return Answers.ok(RegistryJson.of(updated));
  }

  @DeleteMapping(WatsonPaths.DEVICE)
  ResponseEntity<byte[]> delete(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      @PathVariable("device") String device) {
    DeviceKey key = WatsonPaths.device(caller.tenant(), type, device);
    registry.delete(caller.principal(), key);
    directory.forget(key);
    return Answers.empty(204);
  }

  /** The devices behind a gateway; 403 unless the class of its type is Gateway. */
  @GetMapping(WatsonPaths.DEVICE + "/devices")
  ResponseEntity<byte[]> behindGateway(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable("type") String type,
      @PathVariable("device") String device,
      HttpServletRequest request) {
    ListQuery query = ListQuery.of(request, caller, bookmarks, Set.of());
    Device gateway =
        registry.get(caller.principal(), WatsonPaths.device(caller.tenant(), type, device));
    if (gateway.deviceClass() != DeviceClass.GATEWAY) {
      throw ApiProblem.of(403, "The device is not a gateway.");
    }
    return Answers.ok(devices(caller, query, Optional.empty(), Optional.of(gateway.key())));
  }
}
