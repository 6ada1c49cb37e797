package io.sallyport.web.api;

import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.swagger.v3.oas.annotations.Operation;
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

/** Tenants: made, changed and deleted by operators; a tenant's own principals may look. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/tenants")
@Tag(name = "tenants")
final class TenantResource {
  private final Tenants tenants;
  private final Listings listings;

  TenantResource(Tenants tenants, Listings listings) {
    this.tenants = tenants;
    this.listings = listings;
  }

  @GetMapping
  @Operation(summary = "Tenants by id (operators)")
  Listing<TenantJson> list(
      @AuthenticationPrincipal Principal actor,
      @RequestParam(defaultValue = Listings.LIMIT_DEFAULT) int limit,
      @RequestParam(required = false) @Nullable String next,
      HttpServletRequest request) {
    return listings.page(
        request, actor, limit, next, page -> tenants.list(actor, page), TenantJson::of);
  }

  @PostMapping
  @Operation(summary = "Create a tenant (operators)")
  ResponseEntity<TenantJson> create(
      @AuthenticationPrincipal Principal actor, @RequestBody TenantJson.New body) {
    TenantId id = BodyFields.tenantId(BodyFields.required(body.id(), "id"));
    String name = body.name() == null ? id.value() : BodyFields.text(body.name(), "name");
    TenantSettings settings =
        body.settings() == null
            ? TenantSettings.DEFAULT
            : body.settings().over(TenantSettings.DEFAULT);
    Tenant tenant = tenants.create(actor, id, name, settings);
    return Created.at(TenantJson.of(tenant), "tenants", id.value());
  }

  @GetMapping("/{tenant}")
  @Operation(summary = "A tenant (operators, or tenant:read in it)")
  TenantJson get(@AuthenticationPrincipal Principal actor, @PathVariable String tenant) {
    return TenantJson.of(tenants.get(actor, PathNames.tenant(tenant)));
  }

  @PatchMapping("/{tenant}")
  @Operation(summary = "Change name, status or settings")
  TenantJson change(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @RequestBody TenantJson.Change body) {
    TenantId id = PathNames.tenant(tenant);
    Optional<TenantSettings> settings =
        Optional.ofNullable(body.settings())
            .map(change -> change.over(tenants.get(actor, id).settings()));
    return TenantJson.of(
        tenants.update(
            actor,
            id,
            Optional.ofNullable(body.name()).map(name -> BodyFields.text(name, "name")),
            Optional.ofNullable(body.status()).map(TenantJson::status),
            settings));
  }

  @DeleteMapping("/{tenant}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Delete a tenant and all it owns, its keys first (operators)")
  void delete(@AuthenticationPrincipal Principal actor, @PathVariable String tenant) {
    tenants.delete(actor, PathNames.tenant(tenant));
  }
}
