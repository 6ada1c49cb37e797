package io.sallyport.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.audit.AuditCheckpoint;
import io.sallyport.platform.audit.CheckpointFile;
import io.sallyport.platform.base.TenantId;
import io.sallyport.server.cli.SallyportMain;
import io.sallyport.server.config.ConfigurationProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What checkpoints kept elsewhere show of a registry that was changed behind our back (T46). */
class CheckpointTest {
  @TempDir Path folder = Path.of(".");

  private Path kept() {
    return folder.resolve("elsewhere/checkpoints");
  }

  private String config() {
    return "audit: { checkpoint-file: elsewhere/checkpoints }\n";
  }

  /** A platform that did something, and was stopped. */
  @BeforeEach
  void run() throws IOException {
    Files.createDirectory(kept().getParent());
    try (RunningServer server = RunningServer.in(folder, config())) {
      for (int i = 0; i < 5; i++) {
        assertThat(
                server
                    .admin()
                    .send(
                        "POST", "/api/v1/tenants/acme01/device-types", "{\"id\":\"type" + i + "\"}")
                    .statusCode())
            .isEqualTo(201);
      }
    }
    assertThat(kept()).isNotEmptyFile();
  }

  /** What the command printed, and its exit code. */
  private record Verdict(int exitCode, String output) {}

  private Verdict verify() {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            SallyportMain.class.getName(),
            "audit",
            "verify",
            "--data",
            folder.resolve("data").toString(),
            "--checkpoints",
            kept().toString());
    try (ForeignProgram program = ForeignProgram.start(folder, command)) {
      int exitCode = program.awaitExit();
      return new Verdict(exitCode, program.output());
    }
  }

  private void change(String... statements) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/registry.db"));
        Statement sql = connection.createStatement()) {
      for (String statement : statements) {
        assertThat(sql.executeUpdate(statement)).isPositive();
      }
    }
  }

  @Test
  void untouched_chains_hold() {
    Verdict result = verify();

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("intact").doesNotContain("NOT INTACT");
  }

  @Test
  void records_cut_off_at_the_end_are_found() throws SQLException {
    change(
        "DELETE FROM audit_records WHERE chain = 'acme01' AND sequence >"
            + " (SELECT MAX(sequence) - 2 FROM audit_records WHERE chain = 'acme01')");

    Verdict result = verify();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output()).contains("tenant acme01", "the chain was cut", "NOT INTACT");
  }

  @Test
  void missing_tenant_is_found() throws SQLException {
    change("DELETE FROM audit_records WHERE chain = 'zeta02'");

    Verdict result = verify();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output()).contains("tenant zeta02", "the chain is missing");
  }

  @Test
  void changed_record_is_found() throws SQLException {
    change("UPDATE audit_records SET actor = 'somebody-else' WHERE chain = 'acme01'");

    Verdict result = verify();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output()).contains("tenant acme01, record 1:", "NOT INTACT");
  }

  private void runAgain() {
    try (RunningServer server = RunningServer.in(folder, config())) {
      assertThat(server.admin().get("/api/v1/tenants/acme01/devices/pump/p1").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void lines_taken_out_of_the_file_are_found() throws IOException {
    runAgain();
    runAgain();
    List<String> lines = Files.readAllLines(kept());
    assertThat(lines).hasSizeGreaterThanOrEqualTo(3);
    Files.write(kept(), List.of(lines.getFirst(), lines.getLast()));

    Verdict result = verify();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output()).contains("are missing", "NOT INTACT");
  }

  @Test
  void end_cut_off_the_file_is_found() throws IOException {
    runAgain();
    List<String> lines = Files.readAllLines(kept());
    Files.write(kept(), lines.subList(0, lines.size() - 1));

    Verdict result = verify();

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output()).contains("its end is missing", "NOT INTACT");
  }

  /** What the place missed while it could not be written comes there later. */
  @Test
  void place_that_was_away_for_a_while_has_no_gap() throws IOException {
    Path away = Files.move(kept().getParent(), folder.resolve("away"));
    runAgain();
    runAgain();
    Files.move(away, kept().getParent());

    runAgain();

    List<Long> numbers =
        new CheckpointFile(kept()).all().stream().map(AuditCheckpoint::number).toList();
    assertThat(numbers)
        .isEqualTo(LongStream.rangeClosed(1, numbers.getLast()).boxed().toList())
        .hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void last_checkpoint_covers_what_is_written_at_the_stop_itself() throws SQLException {
    try (RunningServer server = RunningServer.in(folder, config())) {
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> server.device("p1", "no-such-token"))
            .isInstanceOf(MqttException.class);
      }
    }

    List<AuditCheckpoint> all = new CheckpointFile(kept()).all();
    long covered =
        all.getLast().heads().stream()
            .filter(head -> head.chain().equals(Optional.of(new TenantId("acme01"))))
            .mapToLong(AuditCheckpoint.Head::sequence)
            .findAny()
            .orElseThrow();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/registry.db"));
        Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery("SELECT max(sequence) FROM audit_records WHERE chain = 'acme01'")) {
      assertThat(covered).isEqualTo(row.getLong(1));
    }
  }

  @Test
  void place_in_the_data_folder_is_refused() {
    for (String place : new String[] {"data/checkpoints", "data.keys/checkpoints"}) {
      assertThatThrownBy(
              () -> RunningServer.in(folder, "audit: { checkpoint-file: " + place + " }\n"))
          .isInstanceOf(ConfigurationProblem.class)
          .hasMessageContaining("lies in the data folder or the key folder");
    }
  }

  @Test
  void operator_sees_in_health_when_no_place_is_configured_and_when_it_fails() throws IOException {
    try (RunningServer server = RunningServer.in(folder)) {
      assertThat(server.operator().get("/health").body())
          .contains("\"name\":\"audit-checkpoints\",\"finding\":\"not-configured\"");
      assertThat(server.admin().get("/health").body()).doesNotContain("posture");
    }
    Files.delete(kept());
    Files.delete(kept().getParent());
    try (RunningServer server = RunningServer.in(folder, config())) {
      assertThat(server.operator().get("/health").body())
          .contains("\"name\":\"audit-checkpoints\",\"finding\":\"failing\"");
    }
  }
}
