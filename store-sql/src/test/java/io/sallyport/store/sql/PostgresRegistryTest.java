package io.sallyport.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.tenant.Tenant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(EmbeddedServer.class)
class PostgresRegistryTest extends RegistryTest {
  private final EmbeddedServer.Server server;

  PostgresRegistryTest(EmbeddedServer.Server server) {
    this.server = server;
  }

  @Override
  RegistryConfig emptyDatabase() {
    return server.emptyDatabase();
  }

  @Override
  RegistryConfig copy(RegistryConfig database) {
    return server.copy((RegistryConfig.Postgres) database);
  }

  @Test
  void a_backup_is_left_to_the_servers_own_tools() {
    assertThatThrownBy(() -> registry().backupTo(Path.of("copy.db")))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("pg_dump");
  }

  @Test
  void commands_of_one_device_get_their_numbers_in_the_order_of_submission() {
    Tenant tenant = populate();
    Device device = registry().devices().findByNumber(1).orElseThrow();
    List<CompletableFuture<Command>> submitted = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Command command = aCommand(tenant, device, "s" + i);
      submitted.add(registry().transactions().submit(() -> registry().commands().insert(command)));
    }

    assertThat(submitted.stream().map(CompletableFuture::join).map(Command::number).toList())
        .isSorted();
  }

  @Test
  void a_read_and_changed_row_is_not_changed_by_another_between() throws Exception {
    populate();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        writers.add(threads.submit(() -> registry().transactions().run(this::addLetter)));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }

    assertThat(registry().tenants().findByNumber(1).orElseThrow().name())
        .isEqualTo("Acme" + "x".repeat(50));
  }

  private void addLetter() {
    Tenant tenant = registry().tenants().findByNumber(1).orElseThrow();
    registry()
        .tenants()
        .update(tenant.id(), tenant.name() + "x", tenant.status(), tenant.settings(), NOW);
  }

  @Test
  void a_cut_connection_is_told_and_the_next_one_serves() {
    registry().settings().put("k", "1");
    assertThatThrownBy(() ->
            registry()
                .transactions()
                .run(() -> {
                  registry().settings().put("k", "2");
                  registry()
                      .database()
                      .read(sql -> sql.fetch("SELECT pg_terminate_backend(pg_backend_pid())"));
                }))
        .isInstanceOfSatisfying(
            ProblemException.class,
            thrown -> assertThat(thrown.problem().code()).isEqualTo(Problem.Code.UNAVAILABLE));

    assertThat(registry().settings().find("k")).contains("1");
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(registry().fault()).isEmpty());
    registry().settings().put("k", "3");
    assertThat(registry().settings().find("k")).contains("3");
  }

  @Test
  void a_server_that_is_not_there_is_named() {
    assertThatThrownBy(() ->
            SqlRegistry.open(
                RegistryConfig.postgres(
                    "jdbc:postgresql://127.0.0.1:" + freePort() + "/s",
                    "u",
                    Secret.of("hunter2"),
                    Optional.empty()),
                keys,
                marks,
                meters))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("127.0.0.1")
        .hasMessageNotContaining("hunter2");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
