package io.sallyport.watson.rest;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.DeviceType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

/** Device types (watson-iot.md section 9.1). */
@RestController
final class DeviceTypeController {
  private static final Set<String> NEW_TYPE =
      Set.of("id", "description", "classId", "deviceInfo", "metadata");
  private static final Set<String> CHANGED_TYPE = Set.of("description", "deviceInfo", "metadata");

  private final DeviceRegistry registry;
  private final Bookmarks bookmarks;

  DeviceTypeController(DeviceRegistry registry, Bookmarks bookmarks) {
    this.registry = registry;
    this.bookmarks = bookmarks;
  }

  @GetMapping(WatsonPaths.TYPES)
  ResponseEntity<byte[]> list(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, HttpServletRequest request) {
    ListQuery query = ListQuery.of(request, caller, bookmarks, Set.of());
    Page<DeviceType> page =
        registry.listTypes(
            caller.principal(), caller.tenant(), descending(query.sort()), query.page());
    long total = registry.countTypes(caller.principal(), caller.tenant());
    return Answers.ok(query.answer(page, RegistryJson::of, OptionalLong.of(total)));
  }

  private static boolean descending(List<String> sort) {
    if (sort.isEmpty() || sort.equals(List.of("id"))) {
      return false;
    }
    if (sort.equals(List.of("-id"))) {
      return true;
    }
    throw ApiProblem.invalid("_sort of device types can be id or -id.");
  }

  @PostMapping(WatsonPaths.TYPES)
  ResponseEntity<byte[]> create(@RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
    JsonBody body = JsonBody.of(caller, NEW_TYPE);
    String id = body.requiredText("id");
    if (!TypeId.isValid(id)) {
      throw ApiProblem.invalid("id must be 1 to 36 characters of A-Z a-z 0-9 _ . -");
    }
    DeviceType created =
        registry.createType(
            caller.principal(),
            caller.tenant(),
            new TypeId(id),
            deviceClass(body.text("classId").orElse("Device")),
            body.text("description").orElse(""),
            body.deviceInfo(),
            body.objectText("metadata"));
    return Answers.created(RegistryJson.of(created));
  }

  private static DeviceClass deviceClass(String classId) {
    return switch (classId) {
      case "Device" -> DeviceClass.DEVICE;
      case "Gateway" -> DeviceClass.GATEWAY;
      default -> throw ApiProblem.invalid("classId must be Device or Gateway.");
    };
  }

  @GetMapping(WatsonPaths.TYPES + "/{type}")
  ResponseEntity<byte[]> get(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("type") String type) {
    return Answers.ok(
        RegistryJson.of(
            registry.getType(caller.principal(), caller.tenant(), WatsonPaths.type(type))));
  }

  @PutMapping(WatsonPaths.TYPES + "/{type}")
  ResponseEntity<byte[]> update(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("type") String type) {
    JsonBody body = JsonBody.of(caller, CHANGED_TYPE);
    DeviceType updated =
        registry.updateType(
            caller.principal(),
            caller.tenant(),
            WatsonPaths.type(type),
            body.text("description"),
            body.deviceInfo(),
            body.objectText("metadata"));
    return Answers.ok(RegistryJson.of(updated));
  }

  /** Open point of the contract: a type that still has devices is 409. */
  @DeleteMapping(WatsonPaths.TYPES + "/{type}")
  ResponseEntity<byte[]> delete(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("type") String type) {
    registry.deleteType(caller.principal(), caller.tenant(), WatsonPaths.type(type));
    return Answers.empty(204);
  }
}
