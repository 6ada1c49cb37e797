package io.sallyport.web.api;

import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.ApiKeys;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Principal;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
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

/** The API keys of a tenant; an operator makes the first. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/tenants/{tenant}/api-keys")
@Tag(name = "API keys")
final class ApiKeyResource {
  private final ApiKeys keys;
  private final Listings listings;

  ApiKeyResource(ApiKeys keys, Listings listings) {
    this.keys = keys;
    this.listings = listings;
  }

  @GetMapping
  @Operation(summary = "API keys by name")
  Listing<ApiKeyJson> list(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @RequestParam(defaultValue = Listings.LIMIT_DEFAULT) int limit,
      @RequestParam(required = false) @Nullable String next,
      HttpServletRequest request) {
    TenantId id = PathNames.tenant(tenant);
    return listings.page(
        request, actor, limit, next, page -> keys.list(actor, id, page), ApiKeyJson::of);
  }

  @PostMapping
  @Operation(summary = "Create an API key; the answer shows its token, once")
  ResponseEntity<ApiKeyJson> create(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @RequestBody ApiKeyJson.New body) {
    IssuedApiKey issued =
        keys.create(
            actor,
            PathNames.tenant(tenant),
            Optional.empty(),
            Optional.empty(),
            BodyFields.required(body.roles(), "roles"),
            body.comment() == null ? "" : BodyFields.text(body.comment(), "comment"));
    return Created.at(ApiKeyJson.of(issued), "tenants", tenant, "api-keys", issued.key().key());
  }

  @GetMapping("/{key}")
  @Operation(summary = "An API key, without its token")
  ApiKeyJson get(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String key) {
    return ApiKeyJson.of(keys.get(actor, PathNames.tenant(tenant), key));
  }

  /** Roles first: a key is not enabled with roles that could not be given. */
  @PatchMapping("/{key}")
  @Operation(summary = "Change roles, or enable and disable; its connections end")
  ApiKeyJson change(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String key,
      @RequestBody ApiKeyJson.Change body) {
    TenantId id = PathNames.tenant(tenant);
    if (body.roles() == null && body.enabled() == null) {
      return ApiKeyJson.of(keys.get(actor, id, key));
    }
    ApiKey changed = null;
    if (body.roles() != null) {
      changed = keys.changeRoles(actor, id, key, body.roles());
    }
    if (changed == null || (body.enabled() != null && body.enabled() != changed.enabled())) {
      changed = keys.setEnabled(actor, id, key, Objects.requireNonNull(body.enabled()));
    }
    return ApiKeyJson.of(changed);
  }

  @DeleteMapping("/{key}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Delete an API key; its connections end")
  void delete(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String key) {
    keys.delete(actor, PathNames.tenant(tenant), key);
  }
}
