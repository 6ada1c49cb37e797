package io.sallyport.server.config;

import static io.sallyport.server.config.BootstrapFile.items;
import static io.sallyport.server.config.BootstrapFile.required;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Sections of the bootstrap file whose capability isn't built yet: their form is checked, so that a
 * file written for a later version starts here too, and their names are noted for one warning line.
 */
final class LaterSections {
  private static final Pattern CLIENT_IDS = Pattern.compile("any|(prefix|exact):.+");
  private static final Pattern RULE = Pattern.compile("(allow|deny) (publish|subscribe|both) .+");

  private final Set<String> unbuilt;

  LaterSections(Set<String> unbuilt) {
    this.unbuilt = unbuilt;
  }

  void deviceBootstrap(YamlReader node) {
    Map<String, YamlReader> m = node.members(Set.of("user", "password"));
    required(node, m, "user").text();
    required(node, m, "password").text();
    unbuilt.add("deviceBootstrap");
  }

  void ofTenant(Map<String, YamlReader> tenant) {
    Optional.ofNullable(tenant.get("settings")).ifPresent(this::settings);
    items(tenant, "users").forEach(this::user);
    items(tenant, "groups").forEach(this::group);
    items(tenant, "oauthClients").forEach(this::oauthClient);
    items(tenant, "trustAnchors").forEach(this::trustAnchor);
    items(tenant, "plainSpaces").forEach(this::plainSpace);
    items(tenant, "listeners").forEach(this::listener);
  }

  private void settings(YamlReader node) {
    Map<String, YamlReader> m =
        node.members(
            Set.of("accessTokenMinutes", "anonymousLogin", "signUp", "trustAnchorsVouched"));
    m.forEach((name, value) -> {
      if (name.equals("accessTokenMinutes")) {
        value.integer(1, 1_440);
      } else {
        value.bool();
      }
    });
    if (!m.isEmpty()) {
      unbuilt.add("settings");
    }
  }

  private void user(YamlReader node) {
    Map<String, YamlReader> m =
        node.members(
            Set.of("username", "email", "password", "roles", "groups", "verified", "anonymous"));
    required(node, m, "username").text();
    texts(m, "email", "password");
    items(m, "roles").forEach(YamlReader::text);
    items(m, "groups").forEach(YamlReader::text);
    bools(m, "verified", "anonymous");
    unbuilt.add("users");
  }

  private void group(YamlReader node) {
    Map<String, YamlReader> m = node.members(Set.of("name", "roles", "devices"));
    required(node, m, "name").text();
    items(m, "roles").forEach(YamlReader::text);
    for (YamlReader device : items(m, "devices")) {
      Map<String, YamlReader> d = device.members(Set.of("type", "id"));
      BootstrapFile.typeId(required(device, d, "type"));
      BootstrapFile.deviceId(required(device, d, "id"));
    }
    unbuilt.add("groups");
  }

  private void oauthClient(YamlReader node) {
    Map<String, YamlReader> m =
        node.members(Set.of("id", "secret", "redirectUris", "grants", "development"));
    required(node, m, "id").text();
    texts(m, "secret");
    items(m, "redirectUris").forEach(YamlReader::text);
    items(m, "grants").forEach(YamlReader::text);
    bools(m, "development");
    unbuilt.add("oauthClients");
  }

  private void trustAnchor(YamlReader node) {
    Map<String, YamlReader> m = node.members(Set.of("name", "pemFile", "autoRegistration"));
    required(node, m, "name").text();
    required(node, m, "pemFile").text();
    bools(m, "autoRegistration");
    unbuilt.add("trustAnchors");
  }

  private void plainSpace(YamlReader node) {
    Map<String, YamlReader> m = node.members(Set.of("name", "acknowledge", "credentials"));
    required(node, m, "name").text();
    oneOf(m, "acknowledge", Pattern.compile("durable|received"), "must be durable or received");
    for (YamlReader credential : items(m, "credentials")) {
      Map<String, YamlReader> c =
          credential.members(Set.of("user", "password", "clientIds", "rules"));
      required(credential, c, "user").text();
      texts(c, "password");
      oneOf(c, "clientIds", CLIENT_IDS, "must be any, prefix:TEXT or exact:TEXT");
      for (YamlReader rule : items(c, "rules")) {
        if (!RULE.matcher(rule.text()).matches()) {
          throw rule.problem("must be allow|deny publish|subscribe|both FILTER");
        }
      }
    }
    unbuilt.add("plainSpaces");
  }

  private void listener(YamlReader node) {
    Map<String, YamlReader> m = node.members(Set.of("port", "identity"));
    required(node, m, "port").integer(0, 65_535);
    YamlReader identity = required(node, m, "identity");
    Map<String, YamlReader> i = identity.members(Set.of("space", "user"));
    required(identity, i, "space").text();
    required(identity, i, "user").text();
    unbuilt.add("listeners");
  }

  private static void texts(Map<String, YamlReader> members, String... names) {
    for (String name : names) {
      Optional.ofNullable(members.get(name)).ifPresent(YamlReader::text);
    }
  }

  private static void bools(Map<String, YamlReader> members, String... names) {
    for (String name : names) {
      Optional.ofNullable(members.get(name)).ifPresent(YamlReader::bool);
    }
  }

  private static void oneOf(
      Map<String, YamlReader> members, String name, Pattern form, String problem) {
    YamlReader value = members.get(name);
    if (value != null && !form.matcher(value.text()).matches()) {
      throw value.problem(problem);
    }
  }
}
