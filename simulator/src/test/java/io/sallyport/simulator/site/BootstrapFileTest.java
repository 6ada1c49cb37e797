package io.sallyport.simulator.site;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapFileTest {
  @TempDir private Path folder;

  private final List<TenantPlan> tenants =
      List.of(
          new TenantPlan(
              "acme01",
              "Acme \"&\" Sons",
              new ApplicationLogin("a-acme01-abcdefghij", Secret.of("to\\ken")),
              List.of(
                  new DeviceLogin("room", "r1", Secret.of("one")),
                  new DeviceLogin("room", "r2", Secret.of("two")))),
          new TenantPlan(
              "globex",
              "Globex",
              new ApplicationLogin("a-globex-abcdefghij", Secret.of("three")),
              List.of()));

  @Test
  void the_text_has_the_documented_shape() {
    assertThat(BootstrapFile.text(tenants))
        .isEqualTo(
            """
            tenants:
              - id: "acme01"
                name: "Acme \\"&\\" Sons"
                apiKeys:
                  - { key: "a-acme01-abcdefghij", token: "to\\\\ken", roles: [PD_STANDARD_APP] }
                deviceTypes:
                  - { id: "room", class: Device }
                devices:
                  - { type: "room", id: "r1", token: "one", randomToken: true }
                  - { type: "room", id: "r2", token: "two", randomToken: true }
              - id: "globex"
                name: "Globex"
                apiKeys:
                  - { key: "a-globex-abcdefghij", token: "three", roles: [PD_STANDARD_APP] }
            """);
  }

  @Test
  void plain_spaces_come_with_a_listener_without_login() {
    TenantPlan tenant =
        new TenantPlan(
            "acme01",
            "Acme",
            new ApplicationLogin("a-acme01-abcdefghij", Secret.of("token")),
            List.of(),
            false,
            List.of(new SpacePlan("fast", false, 18_830), new SpacePlan("safe", true, 18_831)));

    assertThat(BootstrapFile.text(List.of(tenant)))
        .endsWith(
            """
                plainSpaces:
                  - name: "fast"
                    acknowledge: received
                    credentials: [ { user: "fast-user", clientIds: any, rules: ["allow both #"] } ]
                  - name: "safe"
                    acknowledge: durable
                    credentials: [ { user: "safe-user", clientIds: any, rules: ["allow both #"] } ]
                listeners:
                  - { port: 18830, identity: { space: "fast", user: "fast-user" } }
                  - { port: 18831, identity: { space: "safe", user: "safe-user" } }
            """);
  }

  @Test
  void only_the_owner_may_read_the_file() throws IOException {
    Path file = folder.resolve("bootstrap.yaml");
    BootstrapFile.write(file, tenants);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(file)).startsWith("tenants:");
  }
}
