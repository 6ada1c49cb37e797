package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.space.IssuedPlainCredential;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainLimits;
import io.sallyport.platform.space.PlainSpaces;
import io.sallyport.platform.space.PlainSpaces.NewCredential;
import io.sallyport.platform.space.PlainSpaces.Password;
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
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The credentials of a plain space, and their access rules. */
@RestController
@RequestMapping(NativeApiConfiguration.PATH + "/tenants/{tenant}/spaces/{space}/credentials")
@Tag(name = "Plain spaces")
final class PlainCredentialResource {
  private final PlainSpaces spaces;
  private final Listings listings;

  PlainCredentialResource(PlainSpaces spaces, Listings listings) {
    this.spaces = spaces;
    this.listings = listings;
  }

  @GetMapping
  @Operation(summary = "Credentials of a plain space by user, without passwords")
  Listing<PlainCredentialJson> list(
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
        page -> spaces.listCredentials(actor, PathNames.tenant(tenant), space, page),
        PlainCredentialJson::of);
  }

  @PostMapping
  @Operation(summary = "Create a credential; a password that is made is shown, once")
  ResponseEntity<PlainCredentialJson> create(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @RequestBody PlainCredentialJson.New body) {
    IssuedPlainCredential issued =
        spaces.createCredential(
            actor,
            PathNames.tenant(tenant),
            space,
            new NewCredential(
                BodyFields.required(body.user(), "user"),
                password(body),
                PlainCredentialJson.clientIds(body.clientIds()),
                PlainCredentialJson.parsed(body.rules()),
                body.limits() == null
                    ? PlainLimits.DEFAULT
                    : body.limits().over(PlainLimits.DEFAULT)));
    return Created.at(
        PlainCredentialJson.of(issued),
        "tenants",
        tenant,
        "spaces",
        space,
        "credentials",
        issued.credential().name());
  }

  private static Password password(PlainCredentialJson.New body) {
    Optional<Secret> chosen = PlainCredentialJson.chosen(body.password());
    boolean none = Boolean.TRUE.equals(body.listenerOnly());
    if (none && chosen.isPresent()) {
      throw Problem.invalid("a credential with member 'listenerOnly' has no password");
    }
    if (none) {
      return new Password.None();
    }
    return chosen.<Password>map(Password.Chosen::new).orElseGet(Password.Made::new);
  }

  @GetMapping("/{user}")
  @Operation(summary = "A credential, without its password")
  PlainCredentialJson get(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @PathVariable String user) {
    return PlainCredentialJson.of(
        spaces.getCredential(actor, PathNames.tenant(tenant), space, user));
  }

  @PatchMapping("/{user}")
  @Operation(summary = "Change client ids or limits, or enable and disable")
  PlainCredentialJson change(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @PathVariable String user,
      @RequestBody PlainCredentialJson.Change body) {
    TenantId id = PathNames.tenant(tenant);
    PlainCredential changed = null;
    if (body.clientIds() != null || body.limits() != null) {
      PlainCredentialJson.NewLimits limits = body.limits();
      changed =
          spaces.changeCredential(
              actor,
              id,
              space,
              user,
              PlainCredentialJson.clientIds(body.clientIds()),
              known -> limits == null ? known : limits.over(known));
    }
    if (body.enabled() != null) {
      changed = spaces.setEnabled(actor, id, space, user, body.enabled());
    }
    return PlainCredentialJson.of(
        changed == null ? spaces.getCredential(actor, id, space, user) : changed);
  }

  @PostMapping("/{user}/password")
  @Operation(summary = "Replace the password, chosen or made; its connections end")
  PlainCredentialJson replacePassword(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @PathVariable String user,
      @RequestBody PlainCredentialJson.Password body) {
    return PlainCredentialJson.of(
        spaces.replacePassword(
            actor,
            PathNames.tenant(tenant),
            space,
            user,
            PlainCredentialJson.chosen(body.password())));
  }

  @GetMapping("/{user}/rules")
  @Operation(summary = "The access rules of a credential, in order")
  PlainCredentialJson.Rules rules(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @PathVariable String user) {
    return new PlainCredentialJson.Rules(
        PlainCredentialJson.rules(
            spaces.getCredential(actor, PathNames.tenant(tenant), space, user)));
  }

  @PutMapping("/{user}/rules")
  @Operation(summary = "Replace the access rules; they act on open connections at once")
  PlainCredentialJson.Rules changeRules(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @PathVariable String user,
      @RequestBody PlainCredentialJson.Rules body) {
    return new PlainCredentialJson.Rules(
        PlainCredentialJson.rules(
            spaces.changeRules(
                actor,
                PathNames.tenant(tenant),
                space,
                user,
                PlainCredentialJson.parsed(BodyFields.required(body.rules(), "rules")))));
  }

  @DeleteMapping("/{user}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(summary = "Delete a credential; its connections and sessions end")
  void delete(
      @AuthenticationPrincipal Principal actor,
      @PathVariable String tenant,
      @PathVariable String space,
      @PathVariable String user) {
    spaces.deleteCredential(actor, PathNames.tenant(tenant), space, user);
  }
}
