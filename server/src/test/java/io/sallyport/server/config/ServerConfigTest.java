package io.sallyport.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerConfigTest {
  @TempDir Path folder = Path.of(".");

  private ServerConfig read(String yaml) throws IOException {
    return ServerConfig.read(Files.writeString(folder.resolve("sallyport.yaml"), yaml), 0);
  }

  /** Changing a default is a change that a reviewer shall see here. */
  @Test
  void these_are_all_defaults() {
    assertThat(ServerConfig.defaults(0))
        .isEqualTo(
            new ServerConfig(
                "localhost",
                List.of(),
                new ServerConfig.Ports(
                    Optional.of(8883), Optional.of(8443), Optional.empty(), Optional.empty()),
                new ServerConfig.Https(false),
                new ServerConfig.Registry.Sqlite(),
                new ServerConfig.Limits(
                    200_000,
                    1_000,
                    256,
                    4_096,
                    256,
                    100,
                    1_000,
                    2_000,
                    5_000,
                    8_388_608,
                    50_000,
                    67_108_864,
                    268_435_456,
                    Duration.ofDays(2),
                    Duration.ofDays(2)),
                new ServerConfig.BackupTarget(Optional.empty(), Optional.empty()),
                new ServerConfig.Audit(Optional.empty()),
                Optional.empty(),
                false,
                false));
  }

  @Test
  void limits_of_the_doors_and_windows_are_read() throws IOException {
    ServerConfig.Limits limits =
        read("""
        limits:
          connections-per-listener: 11
          connections-per-listener-before-login: 12
          connections-per-address-before-login: 13
          http-connections-per-listener: 14
          http-connections-per-address: 15
          device-in-flight: 16
          gateway-in-flight: 17
          application-in-flight: 18
        """)
            .limits();
    assertThat(
            List.of(
                limits.connectionsPerListener(),
                limits.connectionsPerListenerBeforeLogin(),
                limits.connectionsPerAddressBeforeLogin(),
                limits.httpConnectionsPerListener(),
                limits.httpConnectionsPerAddress(),
                limits.deviceInFlight(),
                limits.gatewayInFlight(),
                limits.applicationInFlight()))
        .containsExactly(11, 12, 13, 14, 15, 16, 17, 18);
  }

  @Test
  void the_port_offset_shifts_default_ports_but_not_written_ones() throws IOException {
    Path file = Files.writeString(folder.resolve("c.yaml"), "ports: { https: 9443 }");
    ServerConfig.Ports ports = ServerConfig.read(file, 10).ports();
    assertThat(ports.mqtts()).contains(8893);
    assertThat(ports.https()).contains(9443);
  }

  @Test
  void an_empty_file_means_the_defaults() throws IOException {
    assertThat(read("# nothing\n")).isEqualTo(ServerConfig.defaults(0));
  }

  @Test
  void an_unknown_key_stops_the_start_with_file_line_and_a_suggestion() {
    assertThatThrownBy(() -> read("domain: a.example\nport: { mqtts: 1 }\n"))
        .isInstanceOf(ConfigurationProblem.class)
        .hasMessageContaining("sallyport.yaml:2: unknown key 'port'; did you mean 'ports'?");
  }

  @Test
  void a_value_without_its_unit_is_refused() {
    assertThatThrownBy(() -> read("limits: { command-wait: 48 }"))
        .hasMessageContaining("'limits.command-wait' must be a time such as 30s or 7d");
    assertThatThrownBy(() -> read("limits: { queued-bytes: 8MB }"))
        .hasMessageContaining("must be a size such as 64KiB or 5GiB");
  }

  @Test
  void a_key_given_twice_is_refused() {
    assertThatThrownBy(() -> read("domain: a\ndomain: b\n"))
        .isInstanceOf(ConfigurationProblem.class);
  }

  @Test
  void a_port_can_be_switched_off() throws IOException {
    assertThat(read("ports: { mqtts: off, mqtt: 1883 }").ports())
        .isEqualTo(
            new ServerConfig.Ports(
                Optional.empty(), Optional.of(8443), Optional.of(1883), Optional.empty()));
  }

  @Test
  void database_parameters_in_the_address_are_refused_since_they_could_weaken_tls() {
    assertThatThrownBy(() ->
            read(
                "registry: { kind: postgresql, user: u,"
                    + " url: 'jdbc:postgresql://db/x?sslmode=disable' }"))
        .hasMessageContaining("without parameters");
  }

  /** THREATS T07: who may write it may take the platform over. */
  @ParameterizedTest
  @ValueSource(strings = {"rw--w----", "rw-rw-r--", "rw-r--rw-"})
  void a_file_that_others_may_write_is_refused(String modes) throws IOException {
    Path file = Files.writeString(folder.resolve("shared.yaml"), "");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(modes));

    assertThatThrownBy(() -> ServerConfig.read(file, 0))
        .isInstanceOf(ConfigurationProblem.class)
        .hasMessageContaining("may be written by other users");
    assertThatThrownBy(() -> BootstrapFile.read(file))
        .isInstanceOf(ConfigurationProblem.class)
        .hasMessageContaining("may be written by other users");
  }

  @Test
  void the_checkpoint_file_is_relative_to_the_configuration() throws IOException {
    assertThat(read("audit: { checkpoint-file: elsewhere/checkpoints }").audit().checkpointFile())
        .contains(folder.toAbsolutePath().resolve("elsewhere/checkpoints"));
  }

  @Test
  void messages_never_show_a_value() {
    assertThatThrownBy(() -> read("bind: hunter2secret"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2secret"));
  }
}
