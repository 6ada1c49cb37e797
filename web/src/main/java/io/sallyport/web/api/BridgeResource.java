package io.sallyport.web.api;

import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.space.PlainSpaces;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
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

/** The bridges between a plain space and events of devices. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/tenants/{tenant}/spaces/{space}/bridges")
@Tag(name = "Plain spaces")
final class BridgeResource {
  private final PlainSpaces spaces;
  private final Listings listings;

  BridgeResource(PlainSpaces spaces, Listings listings) {
    this.spaces = spaces;
    this.listings = listings;
  }

  @GetMapping
  @Operation(summary = "Bridges of a plain space by name")
  Listing<BridgeJson> list(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @RequestParam(defaultValue = Listings.LIMIT_DEFAULT) int limit,
      @RequestParam(required = false) @Nullable String next,
      HttpServletRequest request) {
    return listings.page(
        request,
        actor,
        limit,
        next,
        page -> spaces.listBridges(actor, PathNames.tenant(tenant), space, page),
        BridgeJson::of);
  }

  @PostMapping
  @Operation(summary = "Create a bridge; it runs with the rights of the API key that asks")
  ResponseEntity<BridgeJson> create(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @RequestBody BridgeJson.New body) {
    TenantId id = PathNames.tenant(tenant);
    BridgeJson made = BridgeJson.of(spaces.createBridge(actor, id, space, body.plan(id)));
    return Created.at(made, "tenants", tenant, "spaces", space, "bridges", made.name());
  }

  @GetMapping("/{bridge}")
  @Operation(summary = "A bridge")
  BridgeJson get(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @PathVariable String bridge) {
    return BridgeJson.of(spaces.getBridge(actor, PathNames.tenant(tenant), space, bridge));
  }

  @PatchMapping("/{bridge}")
  @Operation(summary = "Stop a bridge, or start it with the rights of the API key that asks")
  BridgeJson change(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @PathVariable String bridge,
      @RequestBody BridgeJson.Change body) {
    TenantId id = PathNames.tenant(tenant);
    return BridgeJson.of(
        BodyFields.required(body.running(), "running")
            ? spaces.startBridge(actor, id, space, bridge)
            : spaces.stopBridge(actor, id, space, bridge));
  }

  @DeleteMapping("/{bridge}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Delete a bridge")
  void delete(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @PathVariable String bridge) {
    spaces.deleteBridge(actor, PathNames.tenant(tenant), space, bridge);
  }
}
