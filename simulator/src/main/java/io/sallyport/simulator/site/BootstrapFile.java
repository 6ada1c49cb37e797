package io.sallyport.simulator.site;

import io.sallyport.simulator.access.DeviceLogin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the server's bootstrap file (DESIGN section 9): tenants, keys, types, devices and plain
 * spaces.
 */
public final class BootstrapFile {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private BootstrapFile() {}

  /** Writes the file, readable by its owner alone from the first byte on. */
  public static void write(Path file, List<TenantPlan> tenants) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text(tenants), StandardCharsets.UTF_8);
  }

  static String text(List<TenantPlan> tenants) {
    StringBuilder yaml = new StringBuilder("tenants:\n");
    for (TenantPlan tenant : tenants) {
      yaml.append("  - id: ").append(quoted(tenant.id())).append('\n');
      yaml.append("    name: ").append(quoted(tenant.name())).append('\n');
      if (tenant.plainTransport()) {
        yaml.append("    settings: { plainTransportAllowed: true }\n");
      }
      yaml.append("    apiKeys:\n      - { key: ")
          .append(quoted(tenant.application().key()))
          .append(", token: ")
          .append(quoted(tenant.application().token().reveal()))
          .append(", roles: [PD_STANDARD_APP] }\n");
      if (!tenant.devices().isEmpty()) {
        appendDevices(yaml, tenant.devices());
      }
      if (!tenant.spaces().isEmpty()) {
        appendSpaces(yaml, tenant.spaces());
      }
    }
    return yaml.toString();
  }

  private static void appendDevices(StringBuilder yaml, List<DeviceLogin> devices) {
    yaml.append("    deviceTypes:\n");
    devices.stream()
        .map(DeviceLogin::type)
        .distinct()
        .forEach(type ->
            yaml.append("      - { id: ").append(quoted(type)).append(", class: Device }\n"));
    yaml.append("    devices:\n");
    for (DeviceLogin device : devices) {
      yaml.append("      - { type: ")
          .append(quoted(device.type()))
          .append(", id: ")
          .append(quoted(device.id()))
          .append(", token: ")
          .append(quoted(device.token().reveal()))
          .append(", randomToken: true }\n");
    }
  }

  private static void appendSpaces(StringBuilder yaml, List<SpacePlan> spaces) {
    yaml.append("    plainSpaces:\n");
    for (SpacePlan space : spaces) {
      yaml.append("      - name: ")
          .append(quoted(space.name()))
          .append("\n        acknowledge: ")
          .append(space.durable() ? "durable" : "received")
          .append("\n        credentials: [ { user: ")
          .append(quoted(space.user()))
          .append(", clientIds: any, rules: [\"allow both #\"] } ]\n");
    }
    yaml.append("    listeners:\n");
    for (SpacePlan space : spaces) {
      yaml.append("      - { port: ")
          .append(space.port())
          .append(", identity: { space: ")
          .append(quoted(space.name()))
          .append(", user: ")
          .append(quoted(space.user()))
          .append(" } }\n");
    }
  }

  /** A JSON string is a YAML double-quoted scalar (YAML 1.2 section 1.3). */
  private static String quoted(String text) {
    return JSON.writeValueAsString(text);
  }
}
