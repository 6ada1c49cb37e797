package io.sallyport.server.config;

import static io.sallyport.server.config.BootstrapFile.items;
import static io.sallyport.server.config.BootstrapFile.required;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sections of the bootstrap file whose capability isn't built yet: their form is checked, so that a
 * file written for a later version starts here too, and their names are noted for one warning line.
 */
final class LaterSections {
  /** The one setting of a tenant that is built. */
  static final String PLAIN_TRANSPORT = "plainTransportAllowed";

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
  }

  private void settings(YamlReader node) {
    Map<String, YamlReader> m =
        node.members(
            Set.of(
                "accessTokenMinutes",
                "anonymousLogin",
                "signUp",
                "trustAnchorsVouched",
                PLAIN_TRANSPORT));
    m.forEach((name, value) -> {
      if (name.equals("accessTokenMinutes")) {
        value.integer(1, 1_440);
      } else {
        value.bool();
      }
      if (!name.equals(PLAIN_TRANSPORT)) {
        unbuilt.add("settings." + name);
      }
    });
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
}
