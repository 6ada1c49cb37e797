package io.sallyport.web.api;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceInfo;
import io.sallyport.platform.device.DeviceQuery;
import io.sallyport.platform.device.DeviceRegistration;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.RegisteredDevice;
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

/** Devices of a tenant, and their tokens. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/tenants/{tenant}/devices")
@Tag(name = "devices")
final class DeviceResource {
  private final DeviceRegistry registry;
  private final Listings listings;
  private final ApiJsonMapper mapper;
  private final EmbeddedJson embedded;

  DeviceResource(
      DeviceRegistry registry, Listings listings, ApiJsonMapper mapper, EmbeddedJson embedded) {
    this.registry = registry;
    this.listings = listings;
    this.mapper = mapper;
    this.embedded = embedded;
  }

  @GetMapping
  @Operation(summary = "Devices, by type and id or as sort says")
  Listing<DeviceJson> list(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @RequestParam(required = false) @Nullable String type,
      @RequestParam(defaultValue = "key")
          @Schema(allowableValues = {"key", "-key", "id", "-id", "registered", "-registered"})
          String sort,
      @RequestParam(defaultValue = Listings.LIMIT_DEFAULT) int limit,
      @RequestParam(required = false) @Nullable String next,
      HttpServletRequest request) {
    TenantId id = PathNames.tenant(tenant);
    DeviceQuery query = query(type, sort);
    return listings.page(
        request,
        actor,
        limit,
        next,
        page -> registry.list(actor, id, query, page),
        device -> DeviceJson.of(device, embedded));
  }

  @PostMapping
  @Operation(summary = "Register a device; the answer shows its token, once")
  ResponseEntity<DeviceJson> register(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @RequestBody DeviceJson.New body) {
    DeviceKey key =
        key(tenant, BodyFields.required(body.type(), "type"), BodyFields.required(body.id(), "id"));
    Optional<DeviceKey> gateway =
        Optional.ofNullable(body.gateway())
            .map(name ->
                gateway(
                    tenant,
                    BodyFields.required(name.type(), "gateway.type"),
                    BodyFields.required(name.id(), "gateway.id")));
    RegisteredDevice registered =
        register(
            actor,
            new DeviceRegistration(
                key,
                gateway,
                DeviceInfoJson.toInfo(body.info()),
                Metadata.read(body.metadata(), mapper),
                Optional.empty()));
    return Created.at(
        DeviceJson.of(registered.device(), embedded, registered.token().revealText()),
        "tenants",
        tenant,
        "devices",
        key.type().value(),
        key.id().value());
  }

  @GetMapping("/{type}/{id}")
  @Operation(summary = "A device")
  DeviceJson get(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type,
      @PathVariable String id) {
    return DeviceJson.of(registry.get(actor, PathNames.device(tenant, type, id)), embedded);
  }

  /** Two acts, audited each: a device to be disabled is disabled even if the rest is refused. */
  @PatchMapping("/{type}/{id}")
  @Operation(summary = "Change a device; absent members stay")
  DeviceJson change(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type,
      @PathVariable String id,
      @RequestBody DeviceJson.Change body) {
    DeviceKey key = PathNames.device(tenant, type, id);
    DeviceInfo info = DeviceInfoJson.toInfo(body.info());
    Optional<String> metadata = Metadata.read(body.metadata(), mapper);
    if (body.enabled() != null) {
      Device switched = registry.setEnabled(actor, key, body.enabled());
      if (body.info() == null && metadata.isEmpty() && body.alertEnabled() == null) {
        return DeviceJson.of(switched, embedded);
      }
    }
    return DeviceJson.of(
        registry.update(actor, key, info, metadata, Optional.ofNullable(body.alertEnabled())),
        embedded);
  }

  @DeleteMapping("/{type}/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Delete a device; its connections end")
  void delete(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type,
      @PathVariable String id) {
    registry.delete(actor, PathNames.device(tenant, type, id));
  }

  @PostMapping("/{type}/{id}/credentials")
  @Operation(summary = "Replace the token, which the answer shows once; its connections end")
  DeviceJson.Token replaceToken(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String type,
      @PathVariable String id) {
    RegisteredDevice registered =
        registry.replaceToken(actor, PathNames.device(tenant, type, id), Optional.empty());
    return new DeviceJson.Token(registered.token().revealText());
  }

  /** What the body names and is not there makes the body wrong, not the address. */
  private RegisteredDevice register(Principal actor, DeviceRegistration registration) {
    try {
      return registry.register(actor, registration);
    } catch (ProblemException e) {
      if (e.problem().code() != Problem.Code.NOT_FOUND) {
        throw e;
      }
      throw new ProblemException(
          new Problem(Problem.Code.INVALID, "member 'type' names no device type"), e);
    }
  }

  private static DeviceKey key(String tenant, String type, String id) {
    return new DeviceKey(
        PathNames.tenant(tenant), BodyFields.typeId(type, "type"), BodyFields.deviceId(id, "id"));
  }

  private static DeviceKey gateway(String tenant, String type, String id) {
    return new DeviceKey(
        PathNames.tenant(tenant),
        BodyFields.typeId(type, "gateway.type"),
        BodyFields.deviceId(id, "gateway.id"));
  }

  private static DeviceQuery query(@Nullable String type, String sort) {
    if (type != null && !TypeId.isValid(type)) {
      throw Problem.invalid("type must be 1 to 36 characters of A-Z a-z 0-9 _ . -");
    }
    boolean descending = sort.startsWith("-");
    DeviceQuery.Sort member =
        switch (descending ? sort.substring(1) : sort) {
          case "key" -> DeviceQuery.Sort.KEY;
          case "id" -> DeviceQuery.Sort.DEVICE_ID;
          case "registered" -> DeviceQuery.Sort.REGISTERED;
          default ->
              throw Problem.invalid("sort must be key, id or registered, with - for descending");
        };
    return new DeviceQuery(
        Optional.ofNullable(type).map(TypeId::new), Optional.empty(), member, descending);
  }
}
