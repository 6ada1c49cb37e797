package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.DeviceType;
import io.sallyport.platform.identity.Principal;
import io.sallyport.web.json.ApiJsonMapper;
import io.sallyport.web.json.EmbeddedJson;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Device types of a tenant. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/tenants/{tenant}/device-types")
@Tag(name = "device types")
final class DeviceTypeResource {
  private final DeviceRegistry registry;
  private final Listings listings;
  private final ApiJsonMapper mapper;
  private final EmbeddedJson embedded;

  DeviceTypeResource(
      DeviceRegistry registry, Listings listings, ApiJsonMapper mapper, EmbeddedJson embedded) {
    this.registry = registry;
    this.listings = listings;
    this.mapper = mapper;
    this.embedded = embedded;
  }

  @GetMapping
  @Operation(summary = "Device types by id")
  Listing<DeviceTypeJson> list(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @RequestParam(defaultValue = "id") @Schema(allowableValues = {"id", "-id"}) String sort,
      @RequestParam(defaultValue = Listings.LIMIT_DEFAULT) int limit,
      @RequestParam(required = false) @Nullable String next,
      HttpServletRequest request) {
    TenantId id = PathNames.tenant(tenant);
    boolean descending =
        switch (sort) {
          case "id" -> false;
          case "-id" -> true;
          default -> throw Problem.invalid("sort must be id or -id");
        };
    return listings.page(
        request,
        actor,
        limit,
        next,
        page -> registry.listTypes(actor, id, descending, page),
        type -> DeviceTypeJson.of(type, embedded));
  }

  @PostMapping
  @Operation(summary = "Create a device type")
  ResponseEntity<DeviceTypeJson> create(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @RequestBody DeviceTypeJson.New body) {
    TypeId id = BodyFields.typeId(BodyFields.required(body.id(), "id"), "id");
    DeviceType type =
        registry.createType(
            actor,
            PathNames.tenant(tenant),
            id,
            body.parsedClass(),
            body.description() == null ? "" : BodyFields.text(body.description(), "description"),
            DeviceInfoJson.toInfo(body.info()),
            Metadata.read(body.metadata(), mapper));
    return Created.at(
        DeviceTypeJson.of(type, embedded), "tenants", tenant, "device-types", id.value());
  }

  @GetMapping("/{type}")
  @Operation(summary = "A device type")
  DeviceTypeJson get(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type) {
    return DeviceTypeJson.of(
        registry.getType(actor, PathNames.tenant(tenant), PathNames.type(type)), embedded);
  }

  @PatchMapping("/{type}")
  @Operation(summary = "Change a device type; absent members stay")
  DeviceTypeJson change(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type,
      @RequestBody DeviceTypeJson.Change body) {
    return DeviceTypeJson.of(
        registry.updateType(
            actor,
            PathNames.tenant(tenant),
            PathNames.type(type),
            Optional.ofNullable(body.description())
                .map(text -> BodyFields.text(text, "description")),
            DeviceInfoJson.toInfo(body.info()),
            Metadata.read(body.metadata(), mapper)),
        embedded);
  }

  @DeleteMapping("/{type}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Delete a device type that has no devices")
  void delete(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type) {
    registry.deleteType(actor, PathNames.tenant(tenant), PathNames.type(type));
  }
}
