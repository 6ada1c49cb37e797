package io.sallyport.web.api;

import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.device.Tenants;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStatus;
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

/** Tenants: made, suspended and deleted by operators, seen and changed from within as well. */
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
  @Operation(summary = "Create a tenant (operators); an id is made if none is given")
  ResponseEntity<TenantJson> create(
      @AuthenticationPrincipal Principal actor, @RequestBody TenantJson.New body) {
    Optional<TenantId> id = Optional.ofNullable(body.id()).map(BodyFields::tenantId);
    Optional<TenantSettings> settings =
        Optional.ofNullable(body.settings()).map(wish -> wish.over(TenantSettings.DEFAULT));
    String name = BodyFields.text(BodyFields.required(body.name(), "name"), "name");
    Tenant tenant = tenants.create(actor, id, name);
    if (settings.isPresent()) {
      tenant = tenants.changeSettings(actor, tenant.id(), settings.get());
    }
    return Created.at(TenantJson.of(tenant), "tenants", tenant.id().value());
  }

  @GetMapping("/{tenant}")
  @Operation(summary = "A tenant (operators, or tenant:read in it)")
  TenantJson get(@AuthenticationPrincipal Principal actor, @PathVariable String tenant) {
    return TenantJson.of(tenants.get(actor, PathNames.tenant(tenant)));
  }

  /** Everything is checked before anything is changed; each change is audited by itself. */
  @PatchMapping("/{tenant}")
  @Operation(summary = "Change name and settings (tenant:manage, operators) or status (operators)")
  TenantJson change(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @RequestBody TenantJson.Change body) {
    TenantId id = PathNames.tenant(tenant);
    Optional<TenantStatus> status = Optional.ofNullable(body.status()).map(TenantJson::status);
    Tenant changed = tenants.get(actor, id);
    Optional<TenantSettings> settings =
        Optional.ofNullable(body.settings()).map(wish -> wish.over(changed.settings()));
    if (status.isPresent()) {
      setStatus(actor, id, status.get());
    }
    if (body.name() != null) {
      tenants.rename(actor, id, BodyFields.text(body.name(), "name"));
    }
    settings.ifPresent(wish -> tenants.changeSettings(actor, id, wish));
    return TenantJson.of(tenants.get(actor, id));
  }

  private void setStatus(Principal actor, TenantId id, TenantStatus status) {
    switch (status) {
      case ACTIVE -> tenants.resume(actor, id);
      case SUSPENDED -> tenants.suspend(actor, id);
    }
  }

  @DeleteMapping("/{tenant}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Delete a tenant and all it owns, its keys first (operators)")
  void delete(@AuthenticationPrincipal Principal actor, @PathVariable String tenant) {
    tenants.delete(actor, PathNames.tenant(tenant));
  }
}
