package io.sallyport.web.api;

import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.space.PlainSpace.Acknowledge;
import io.sallyport.platform.space.PlainSpace.DeniedPublish;
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

/** The plain spaces of a tenant. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/tenants/{tenant}/spaces")
@Tag(name = "Plain spaces")
final class SpaceResource {
  private final PlainSpaces spaces;
  private final Listings listings;

  SpaceResource(PlainSpaces spaces, Listings listings) {
    this.spaces = spaces;
    this.listings = listings;
  }

  @GetMapping
  @Operation(summary = "Plain spaces by name")
  Listing<SpaceJson> list(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @RequestParam(defaultValue = Listings.LIMIT_DEFAULT) int limit,
      @RequestParam(required = false) @Nullable String next,
      HttpServletRequest request) {
    return listings.page(
        request,
        actor,
        limit,
        next,
        page -> spaces.listSpaces(actor, PathNames.tenant(tenant), page),
        SpaceJson::of);
  }

  @PostMapping
  @Operation(summary = "Create a plain space")
  ResponseEntity<SpaceJson> create(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @RequestBody SpaceJson.New body) {
    SpaceJson made =
        SpaceJson.of(
            spaces.createSpace(
                actor,
                PathNames.tenant(tenant),
                BodyFields.required(body.name(), "name"),
                SpaceJson.acknowledge(body.acknowledge()).orElse(Acknowledge.DURABLE),
                SpaceJson.deniedPublish(body.onDeniedPublish()).orElse(DeniedPublish.DROP)));
    return Created.at(made, "tenants", tenant, "spaces", made.name());
  }

  @GetMapping("/{space}")
  @Operation(summary = "A plain space")
  SpaceJson get(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space) {
    return SpaceJson.of(spaces.getSpace(actor, PathNames.tenant(tenant), space));
  }

  @PatchMapping("/{space}")
  @Operation(summary = "Change a plain space; acts on open connections")
  SpaceJson change(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @RequestBody SpaceJson.Change body) {
    return SpaceJson.of(
        spaces.changeSpace(
            actor,
            PathNames.tenant(tenant),
            space,
            SpaceJson.acknowledge(body.acknowledge()),
            SpaceJson.deniedPublish(body.onDeniedPublish())));
  }

  @DeleteMapping("/{space}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Delete a plain space that has no credentials and no bridges")
  void delete(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space) {
    spaces.deleteSpace(actor, PathNames.tenant(tenant), space);
  }
}
