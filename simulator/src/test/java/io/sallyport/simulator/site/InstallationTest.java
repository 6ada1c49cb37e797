package io.sallyport.simulator.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class InstallationTest {
  @TempDir private Path folder;

  private final List<TenantPlan> tenants =
      List.of(
          new TenantPlan(
              "acme01",
              "Acme",
              new ApplicationLogin("a-acme01-abcdefghij", Secret.of("token")),
              List.of()));

  /** A stand-in for the server: writes down how it was called and how it ended. */
  private Path program(String body) throws IOException {
    Path program = folder.resolve("sallyport");
    Files.writeString(
        program, "#!/bin/bash\necho \"$@\" > " + folder.resolve("arguments") + "\n" + body);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program;
  }

  private Path serving() throws IOException {
    return program(
        """
        trap 'echo term >> %s; exit 0' TERM
        echo "starting"
        echo "ready in 2.4 s: mqtts://127.0.0.1:18883 https://127.0.0.1:18443"
        while true; do sleep 0.2 & wait $!; done
        """
            .formatted(folder.resolve("ended")));
  }

  @Test
  void it_serves_until_it_is_closed_and_leaves_nothing() throws Exception {
    Path data;
    try (Installation site = Installation.start(serving(), tenants, 10_000, "")) {
      data = site.caFile().resolveSibling("").normalize();
      assertThat(site.ready().seconds()).isEqualTo(2.4);
      assertThat(site.mqtts().port()).isEqualTo(18_883);
      assertThat(site.https()).isEqualTo(URI.create("https://localhost:18443"));
      assertThat(site.plainListenerOn()).isFalse();
      assertThat(site.alive()).isTrue();
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(data.resolve("..").normalize())))
          .isEqualTo("rwx------");
      assertThat(Files.readString(folder.resolve("arguments")))
          .startsWith("serve --data " + data)
          .contains("--bind 127.0.0.1", "--port-offset 10000");
    }
    assertThat(data.resolve("..").normalize()).doesNotExist();
    assertThat(folder.resolve("ended")).hasContent("term");
  }

  @Test
  void it_can_be_started_again_on_the_same_data() throws Exception {
    try (Installation site = Installation.start(serving(), tenants, 0, "")) {
      assertThat(site.restart().addresses()).hasSize(2);
      assertThat(site.alive()).isTrue();
    }
    assertThat(Files.readAllLines(folder.resolve("ended"))).containsExactly("term", "term");
  }

  @Test
  void a_server_that_ends_early_is_told_with_its_last_words() throws IOException {
    Path program = program("echo 'port 8883 is taken: use --port-offset'\nexit 3\n");
    assertThatThrownBy(() -> Installation.start(program, tenants, 0, ""))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("port 8883 is taken");
  }

  @Test
  void the_ready_line_is_told_from_others() {
    assertThat(ReadyLine.parse("not ready yet")).isEmpty();
    assertThat(ReadyLine.parse("2026-11-20 ready in 0,9 s: https://localhost:8443, mqtts://x:8883"))
        .hasValueSatisfying(ready -> {
          assertThat(ready.port("mqtts")).hasValue(8883);
          assertThat(ready.port("https")).hasValue(8443);
          assertThat(ready.port("mqtt")).isEmpty();
        });
  }
}
