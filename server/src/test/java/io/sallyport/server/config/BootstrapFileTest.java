package io.sallyport.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.space.ListenerIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapFileTest {
  @TempDir Path folder = Path.of(".");

  private BootstrapFile read(String yaml) throws IOException {
    return BootstrapFile.read(Files.writeString(folder.resolve("bootstrap.yaml"), yaml));
  }

  /** THREATS T37. */
  @Test
  void a_listener_without_login_is_loopback_unless_the_operator_says_that_it_is_insecure()
      throws IOException {
    String start = "tenants: [ { id: acme01, listeners: [ { port: 18830, ";
    String end = "identity: { space: plain, user: tester } } ] } ]";

    IdentityListener plain = read(start + end).tenants().getFirst().listeners().getFirst();
    assertThat(plain.bind()).containsExactly("127.0.0.1", "::1");
    assertThat(plain.identity())
        .isEqualTo(new ListenerIdentity(new TenantId("acme01"), "plain", "tester"));
    for (String host : new String[] {"0.0.0.0", "'*'", "192.0.2.1", "'::'", "localhost"}) {
      assertThatThrownBy(() -> read(start + "bind: [" + host + "], " + end))
          .as(host)
          .hasMessageContaining("insecure-identity: true");
    }
    IdentityListener open =
        read(start + "bind: [0.0.0.0], insecure-identity: true, " + end)
            .tenants()
            .getFirst()
            .listeners()
            .getFirst();
    assertThat(open.isLoopbackOnly()).isFalse();
    assertThat(open.bind()).containsExactly("0.0.0.0");
  }

  @Test
  void the_whole_published_shape_is_accepted_and_what_is_not_built_is_named() throws IOException {
    BootstrapFile file =
        read(
            """
            deviceBootstrap: { user: management/devicebootstrap, password: "x" }
            tenants:
              - id: acme01
                name: Acme
                settings: { accessTokenMinutes: 60, anonymousLogin: false, signUp: false, trustAnchorsVouched: false }
                users:
                  - { username: admin, email: admin@acme.example, password: "y", roles: [administrator] }
                  - { username: jane, email: jane@acme.example, password: "z", groups: [readers], verified: true }
                groups:
                  - { name: readers, roles: [reader], devices: [ { type: pump, id: p1 } ] }
                apiKeys:
                  - { key: a-acme01-abcdefghij, token: "t0ken-of-the-key", roles: [PD_STANDARD_APP] }
                oauthClients:
                  - { id: webapp, secret: "s", redirectUris: ["http://localhost:1234/callback"], grants: [password] }
                deviceTypes:
                  - { id: pump, class: Device }
                  - { id: gw, class: Gateway }
                devices:
                  - { type: pump, id: p1, token: "device-token" }
                trustAnchors:
                  - { name: factory, pemFile: factory-ca.pem, autoRegistration: true }
                plainSpaces:
                  - name: plain
                    acknowledge: durable
                    credentials:
                      - { user: tester, password: "p", clientIds: any, rules: ["allow both #"] }
                listeners:
                  - { port: 18830, identity: { space: plain, user: tester } }
            """);
    assertThat(file.notBuiltYet())
        .containsExactlyInAnyOrder(
            "deviceBootstrap",
            "settings.accessTokenMinutes",
            "settings.anonymousLogin",
            "settings.signUp",
            "settings.trustAnchorsVouched",
            "users",
            "groups",
            "oauthClients",
            "trustAnchors");
    BootstrapFile.BootstrapTenant tenant = file.tenants().getFirst();
    assertThat(tenant.id()).isEqualTo(new TenantId("acme01"));
    assertThat(tenant.apiKeys().getFirst().token()).isEqualTo(Secret.of("t0ken-of-the-key"));
    assertThat(tenant.types())
        .extracting(BootstrapFile.BootstrapType::deviceClass)
        .containsExactly(DeviceClass.DEVICE, DeviceClass.GATEWAY);
    assertThat(tenant.devices().getFirst().token()).contains(Secret.of("device-token"));
  }

  @Test
  void keys_outside_the_shape_stop_the_start() {
    assertThatThrownBy(() -> read("tenants: [ { id: acme01, apikeys: [] } ]"))
        .hasMessageContaining("unknown key 'tenants[0].apikeys'; did you mean 'apiKeys'?");
  }

  @Test
  void a_section_that_is_not_built_yet_is_still_checked_for_form() {
    assertThatThrownBy(() ->
            read(
                "tenants: [ { id: acme01, plainSpaces: [ { name: p, credentials: [ { user: u,"
                    + " rules: ['permit both #'] } ] } ] } ]"))
        .hasMessageContaining("must be allow|deny publish|subscribe|both FILTER");
  }

  @Test
  void an_unknown_role_is_refused() {
    assertThatThrownBy(() ->
            read("tenants: [ { id: acme01, apiKeys: [ { key: k, token: t, roles: [GOD] } ] } ]"))
        .hasMessageContaining("is no role");
  }

  @Test
  void tokens_never_show_in_messages_or_in_the_printed_file() throws IOException {
    assertThat(
            read("tenants: [ { id: acme01, apiKeys: [ { key: k, token: hunter2secret } ] } ]")
                .toString())
        .doesNotContain("hunter2secret");
  }
}
