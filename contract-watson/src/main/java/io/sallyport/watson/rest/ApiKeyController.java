package io.sallyport.watson.rest;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.ApiKeys;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.watson.WatsonTime;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashSet;
import java.util.Optional;
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
import tools.jackson.databind.node.ObjectNode;

/** API keys and their roles (watson-iot.md section 9.1). */
@RestController
final class ApiKeyController {
  private static final String KEYS = WatsonPaths.BASE + "/authorization/apikeys";
  private static final String KEY = KEYS + "/{key}";

  private final ApiKeys keys;
  private final Bookmarks bookmarks;

  ApiKeyController(ApiKeys keys, Bookmarks bookmarks) {
    this.keys = keys;
    this.bookmarks = bookmarks;
  }

  /** 200, not 201; the only time that the token is shown. */
  @PostMapping(KEYS)
  ResponseEntity<byte[]> create(@RequestAttribute(Caller.ATTRIBUTE) Caller caller) {
    JsonBody body = JsonBody.of(caller, Set.of("comment", "roles"));
    IssuedApiKey issued =
        keys.create(
            caller.principal(),
            caller.tenant(),
            Optional.empty(),
            Optional.empty(),
            roles(body),
            body.text("comment").orElse(""));
    return Answers.ok(json(issued.key()).put("token", issued.token().revealText()));
  }

  private static Set<String> roles(JsonBody body) {
    return body.texts("roles")
        .filter(roles -> !roles.isEmpty())
        .map(LinkedHashSet::new)
        .orElseThrow(() -> ApiProblem.invalid("roles is required."));
  }

  @GetMapping(KEYS)
  ResponseEntity<byte[]> list(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, HttpServletRequest request) {
    ListQuery query = ListQuery.of(request, caller, bookmarks, Set.of());
    Page<ApiKey> page = keys.list(caller.principal(), caller.tenant(), query.page());
    return Answers.ok(query.answer(page, ApiKeyController::json, OptionalLong.empty()));
  }

  @GetMapping(KEY)
  ResponseEntity<byte[]> get(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("key") String key) {
    return Answers.ok(json(keys.get(caller.principal(), caller.tenant(), key)));
  }

  @DeleteMapping(KEY)
  ResponseEntity<byte[]> delete(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("key") String key) {
    keys.delete(caller.principal(), caller.tenant(), key);
    return Answers.ok(Answers.object());
  }

  /** One page of the contract spells it {@code /role}. */
  @GetMapping({KEY + "/roles", KEY + "/role"})
  ResponseEntity<byte[]> roles(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("key") String key) {
    return Answers.ok(roles(keys.get(caller.principal(), caller.tenant(), key)));
  }

  @PutMapping({KEY + "/roles", KEY + "/role"})
  ResponseEntity<byte[]> changeRoles(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller, @PathVariable("key") String key) {
    JsonBody body = JsonBody.of(caller, Set.of("roles", "rolesToGroups"));
    body.refuseIfSent("rolesToGroups");
    return Answers.ok(
        roles(keys.changeRoles(caller.principal(), caller.tenant(), key, roles(body))));
  }

  private static ObjectNode json(ApiKey key) {
    ObjectNode json =
        Answers.object()
            .put("key", key.key())
            .put("comment", key.comment())
            .put("enabled", key.enabled())
            .put("created", WatsonTime.text(key.created()));
    key.roles().stream().sorted().forEach(json.putArray("roles")::add);
    return json;
  }

  private static ObjectNode roles(ApiKey key) {
    ObjectNode json = Answers.object();
    key.roles().stream().sorted().forEach(json.putArray("roles")::add);
    json.putObject("rolesToGroups");
    return json;
  }
}
