package io.sallyport.server.config;

import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.identity.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A file that names what shall exist after the start. The whole shape is accepted; sections whose
 * capability isn't built yet are checked for form and named in {@link #notBuiltYet}.
 */
public record BootstrapFile(List<BootstrapTenant> tenants, Set<String> notBuiltYet) {
  /**
   * A tenant and what it holds.
   *
   * @param plainTransportAllowed whether its principals may log in without TLS where a plain
   *     listener is open; taken when the tenant is made
   */
  public record BootstrapTenant(
      TenantId id,
      String name,
      boolean plainTransportAllowed,
      List<BootstrapApiKey> apiKeys,
      List<BootstrapType> types,
      List<BootstrapDevice> devices,
      List<BootstrapSpace> spaces,
      List<IdentityListener> listeners) {}

  /** An API key with a chosen token. */
  public record BootstrapApiKey(String key, Secret token, Set<String> roles) {}

  /** A device type. */
  public record BootstrapType(TypeId id, DeviceClass deviceClass, String description) {}

  /**
   * A device with a chosen token, or one that is made (and told nowhere) when empty.
   *
   * @param randomToken whether the token was made at random by a machine, and needs no slow hash
   */
  public record BootstrapDevice(
      TypeId type,
      DeviceId id,
      Optional<Secret> token,
      boolean randomToken,
      Optional<GatewayName> gateway) {}

  /** The gateway a device sits behind. */
  public record GatewayName(TypeId type, DeviceId id) {}

  /**
   * Reads the file.
   *
   * @throws ConfigurationProblem naming file, line and key, never a value
   */
  public static BootstrapFile read(Path file) {
    Set<String> unbuilt = new LinkedHashSet<>();
    List<BootstrapTenant> tenants = new ArrayList<>();
    YamlReader.of(file)
        .ifPresent(root -> {
          Map<String, YamlReader> top = root.members(Set.of("deviceBootstrap", "tenants"));
          LaterSections later = new LaterSections(unbuilt);
          Optional.ofNullable(top.get("deviceBootstrap")).ifPresent(later::deviceBootstrap);
          Optional.ofNullable(top.get("tenants"))
              .ifPresent(list -> list.items().forEach(item -> tenants.add(tenant(item, later))));
        });
    return new BootstrapFile(List.copyOf(tenants), unbuilt);
  }

  private static BootstrapTenant tenant(YamlReader node, LaterSections later) {
    Map<String, YamlReader> m =
        node.members(
            Set.of(
                "id",
                "name",
                "settings",
                "users",
                "groups",
                "apiKeys",
                "oauthClients",
                "deviceTypes",
                "devices",
                "trustAnchors",
                "plainSpaces",
                "listeners"));
    YamlReader id = required(node, m, "id");
    if (!TenantId.isValid(id.text())) {
      throw id.problem("must be six characters a-z or 0-9");
    }
    later.ofTenant(m);
    TenantId tenant = new TenantId(id.text());
    return new BootstrapTenant(
        tenant,
        Optional.ofNullable(m.get("name")).map(YamlReader::text).orElse(id.text()),
        plainTransportAllowed(m),
        items(m, "apiKeys").stream().map(BootstrapFile::apiKey).toList(),
        items(m, "deviceTypes").stream().map(BootstrapFile::type).toList(),
        items(m, "devices").stream().map(BootstrapFile::device).toList(),
        items(m, "plainSpaces").stream().map(BootstrapSpace::read).toList(),
        items(m, "listeners").stream()
            .map(item -> IdentityListener.read(item, Optional.of(tenant)))
            .toList());
  }

  private static boolean plainTransportAllowed(Map<String, YamlReader> tenant) {
    YamlReader settings = tenant.get("settings");
    // Their form has been checked with the sections that come later.
    return settings != null
        && Optional.ofNullable(settings.scalars().get(LaterSections.PLAIN_TRANSPORT))
            .map(YamlReader::bool)
            .orElse(false);
  }

  private static BootstrapApiKey apiKey(YamlReader node) {
    Map<String, YamlReader> m = node.members(Set.of("key", "token", "roles"));
    Set<String> roles = new LinkedHashSet<>();
    for (YamlReader role : items(m, "roles")) {
      if (Role.find(role.text()).isEmpty()) {
        throw role.problem("is no role that this version knows");
      }
      roles.add(role.text());
    }
    return new BootstrapApiKey(
        required(node, m, "key").text(), Secret.of(required(node, m, "token").text()), roles);
  }

  private static BootstrapType type(YamlReader node) {
    Map<String, YamlReader> m = node.members(Set.of("id", "class", "description"));
    DeviceClass deviceClass = DeviceClass.DEVICE;
    YamlReader named = m.get("class");
    if (named != null) {
      deviceClass =
          switch (named.text()) {
            case "Device" -> DeviceClass.DEVICE;
            case "Gateway" -> DeviceClass.GATEWAY;
            default -> throw named.problem("must be Device or Gateway");
          };
    }
    return new BootstrapType(
        typeId(required(node, m, "id")),
        deviceClass,
        Optional.ofNullable(m.get("description")).map(YamlReader::text).orElse(""));
  }

  private static BootstrapDevice device(YamlReader node) {
    Map<String, YamlReader> m =
        node.members(Set.of("type", "id", "token", "randomToken", "gateway"));
    Optional<GatewayName> gateway =
        Optional.ofNullable(m.get("gateway"))
            .map(value -> {
              Map<String, YamlReader> g = value.members(Set.of("type", "id"));
              return new GatewayName(
                  typeId(required(value, g, "type")), deviceId(required(value, g, "id")));
            });
    return new BootstrapDevice(
        typeId(required(node, m, "type")),
        deviceId(required(node, m, "id")),
        Optional.ofNullable(m.get("token")).map(YamlReader::text).map(Secret::of),
        Optional.ofNullable(m.get("randomToken")).map(YamlReader::bool).orElse(false),
        gateway);
  }

  static TypeId typeId(YamlReader value) {
    if (!TypeId.isValid(value.text())) {
      throw value.problem("must be 1 to 36 characters of A-Z a-z 0-9 _ . -");
    }
    return new TypeId(value.text());
  }

  static DeviceId deviceId(YamlReader value) {
    if (!DeviceId.isValid(value.text())) {
      throw value.problem(
          "must be 1 to 128 bytes without / + # and control characters, not . or ..");
    }
    DeviceId id = new DeviceId(value.text());
    if (!id.isAddressable()) {
      throw value.problem("must not hold % ; or \\: no address could name it");
    }
    return id;
  }

  static List<YamlReader> items(Map<String, YamlReader> members, String name) {
    YamlReader value = members.get(name);
    return value == null ? List.of() : value.items();
  }

  static YamlReader required(YamlReader node, Map<String, YamlReader> members, String name) {
    YamlReader value = members.get(name);
    if (value == null) {
      throw node.problem("needs '" + name + "'");
    }
    return value;
  }
}
