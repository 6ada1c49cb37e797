package io.sallyport.store.sql;

import static io.sallyport.platform.base.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.OperatorKey;
import io.sallyport.platform.identity.SecretHash;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.testing.InMemoryNumberMarks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of the registry as a file: durable, private, honest about its disk. */
class SqliteStorageTest {
  private static final String MARKER = RegistryTest.MARKER;

  @TempDir Path folder = Path.of("");

  private SqlRegistry open(Path file) {
    return open(RegistryConfig.sqlite(file));
  }

  private static SqlRegistry open(RegistryConfig config) {
    return SqlRegistry.open(
        config, new FakeTenantKeys(), InMemoryNumberMarks.fresh(), new SimpleMeterRegistry());
  }

  private Path file() {
    return folder.resolve("registry.db");
  }

  @Test
  void a_change_is_on_disk_when_write_returns() throws IOException {
    Path killed = Files.createDirectory(folder.resolve("killed"));
    try (SqlRegistry registry = open(file())) {
      registry.settings().put("k", "v");

      // What a killed process leaves: the files as they are, never closed.
      for (String name : List.of("registry.db", "registry.db-wal")) {
        Files.copy(folder.resolve(name), killed.resolve(name));
      }
    }

    try (SqlRegistry restarted = open(killed.resolve("registry.db"))) {
      assertThat(restarted.settings().find("k")).contains("v");
    }
  }

  @Test
  void the_file_is_set_as_it_must_be() {
    try (SqlRegistry registry = open(file())) {
      assertThat(pragma(registry, "journal_mode")).isEqualTo("wal");
      assertThat(pragma(registry, "synchronous")).isEqualTo("2");
      assertThat(pragma(registry, "foreign_keys")).isEqualTo("1");
      assertThat(pragma(registry, "secure_delete")).isEqualTo("1");
      assertThat(pragma(registry, "temp_store")).isEqualTo("2");
    }
  }

  private static String pragma(SqlRegistry registry, String name) {
    return registry
        .transactions()
        .write(() ->
            registry.database().read(sql -> String.valueOf(sql.fetchValue("PRAGMA " + name))));
  }

  @Test
  void the_file_and_its_log_are_their_owners_alone() throws IOException {
    try (SqlRegistry registry = open(file())) {
      registry.settings().put("k", "v");

      for (String name : List.of("registry.db", "registry.db-wal", "registry.db-shm")) {
        assertThat(
                PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
            .as(name)
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void reads_run_on_platform_threads_whoever_calls() throws Exception {
    try (SqlRegistry registry = open(file());
        ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> isVirtual =
          virtual.submit(() -> registry.database().read(sql -> Thread.currentThread().isVirtual()));

      assertThat(isVirtual.get()).isFalse();
    }
  }

  @Test
  void readers_can_not_write() {
    try (SqlRegistry registry = open(file())) {
      assertThatThrownBy(() -> registry.database().read(sql -> sql.execute("DELETE FROM settings")))
          .isInstanceOf(ProblemException.class);
    }
  }

  @Test
  void a_full_queue_refuses_at_once() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (SqlRegistry registry = open(new RegistryConfig.Sqlite(file(), 1, 1, 2))) {
      CompletableFuture<Boolean> first =
          registry
              .transactions()
              .submit(() -> {
                started.countDown();
                return RegistryTest.waitFor(release);
              });
      started.await();
      CompletableFuture<Boolean> second = registry.transactions().submit(() -> true);

      assertProblem(Problem.Code.UNAVAILABLE, () -> registry.transactions().write(() -> true));
      assertThat(registry.transactions().submit(() -> true)).isCompletedExceptionally();

      release.countDown();
      assertThat(first.join() && second.join()).isTrue();
      assertThat(registry.transactions().write(() -> true)).isTrue();
    }
  }

  @Test
  void payloads_are_nowhere_in_the_files() throws IOException {
    RegistryTest filled =
        new RegistryTest() {
          @Override
          RegistryConfig emptyDatabase() {
            return RegistryConfig.sqlite(file());
          }

          @Override
          RegistryConfig copy(RegistryConfig database) {
            throw new AssertionError("no backup here");
          }
        };
    filled.open();
    filled.populate();

    assertThat(filesHolding(MARKER + "-payload")).isEmpty();
    filled.close();
    assertThat(filesHolding(MARKER + "-payload")).isEmpty();
  }

  @Test
  void erased_verifiers_leave_the_file_and_its_log() {
    try (SqlRegistry registry = open(file())) {
      SecretHash token = new SecretHash("hmac", 1, MARKER);
      TenantId tenant = new TenantId("acme01");
      registry.tenants().create(tenant, "", TenantSettings.DEFAULT, RegistryTest.NOW);
      registry.operatorKeys().insert(new OperatorKey("o-x", token, RegistryTest.NOW));
      registry
          .apiKeys()
          .insert(
              new ApiKey(tenant, RegistryTest.KEY, token, Set.of(), "", true, RegistryTest.NOW, 1));
      assertThat(filesHolding(MARKER)).isNotEmpty();

      registry.operatorKeys().delete("o-x");
      registry.apiKeys().delete(tenant, RegistryTest.KEY);

      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(filesHolding(MARKER)).isEmpty());
    }
  }

  private List<Path> filesHolding(String text) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> holding = new ArrayList<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (content.contains(text)) {
          holding.add(file);
        }
      }
      return holding;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("can't look into the files", e);
    }
  }

  @Test
  void a_full_database_refuses_changes_and_still_reads() {
    try (SqlRegistry registry = open(file())) {
      registry.settings().put("kept", "v");
      // The limit is the writer connection's; reaching it, SQLite answers as on a full disk.
      registry
          .transactions()
          .run(() -> registry.database().read(sql -> sql.fetch("PRAGMA max_page_count = 80")));

      assertThatThrownBy(() -> fill(registry))
          .isInstanceOfSatisfying(
              ProblemException.class,
              thrown -> {
                assertThat(thrown.problem().code()).isEqualTo(Problem.Code.STORAGE_FULL);
                assertThat(thrown.problem().text()).contains(file().toString(), "free disk space");
              });

      assertThat(registry.settings().find("kept")).contains("v");
    }
  }

  private static void fill(SqlRegistry registry) {
    for (int i = 0; i < 10_000; i++) {
      registry.settings().put("fill" + i, "x".repeat(100_000));
    }
  }

  @Test
  void a_full_disk_is_told_and_what_was_acknowledged_stays_and_space_ends_it() throws Exception {
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder.toString()),
        "needs the right to mount a small file system");
    try {
      Path ballast = folder.resolve("ballast");
      Files.write(ballast, new byte[2_000_000]);
      int kept = 0;
      try (SqlRegistry registry = open(file())) {
        Optional<ProblemException> full = Optional.empty();
        while (full.isEmpty()) {
          try {
            registry.settings().put("k" + kept, "x".repeat(20_000));
            kept++;
          } catch (ProblemException e) {
            full = Optional.of(e);
          }
        }
        assertThat(full.get().problem().code()).isEqualTo(Problem.Code.STORAGE_FULL);
        assertThat(full.get().problem().text()).contains(file().toString());
        assertThat(registry.fault().orElseThrow().code()).isEqualTo(Problem.Code.STORAGE_FULL);
        assertThat(kept).isPositive();
        assertThat(registry.settings().find("k" + (kept - 1))).isPresent();
        assertThat(registry.settings().find("k" + kept)).isEmpty();

        Files.delete(ballast);

        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(registry.fault()).isEmpty());
        registry.settings().put("after", "v");
      }
      try (SqlRegistry registry = open(file())) {
        for (int i = 0; i < kept; i++) {
          assertThat(registry.settings().find("k" + i)).isPresent();
        }
        assertThat(registry.settings().find("after")).contains("v");
      }
    } finally {
      assertThat(run("umount", folder.toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws Exception {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }

  @Test
  void a_damaged_file_is_named_with_what_to_do() throws IOException {
    try (SqlRegistry registry = open(file())) {
      for (int i = 0; i < 100; i++) {
        registry.settings().put("k" + i, "v".repeat(1000));
      }
    }
    byte[] bytes = Files.readAllBytes(file());
    java.util.Arrays.fill(bytes, 4096, bytes.length, (byte) 0x5a);
    Files.write(file(), bytes, StandardOpenOption.TRUNCATE_EXISTING);

    assertThatThrownBy(
            () -> {
              try (SqlRegistry registry = open(file())) {
                registry.settings().find("k1");
              }
            })
        .isInstanceOfSatisfying(
            ProblemException.class,
            thrown -> {
              assertThat(thrown.problem().code()).isEqualTo(Problem.Code.CORRUPT);
              assertThat(thrown.problem().text()).contains(file().toString(), "restore a backup");
            });
  }

  @Test
  void a_file_that_is_no_database_is_refused() throws IOException {
    Files.writeString(file(), "This is no database, whatever its name says.\n".repeat(100));

    assertProblem(Problem.Code.CORRUPT, () -> open(file()));
  }

  @Test
  void a_folder_that_does_not_exist_is_named() {
    Path file = folder.resolve("missing").resolve("registry.db");

    assertProblem(Problem.Code.STORAGE_FAILED, () -> open(file));
    assertThatThrownBy(() -> open(file)).hasMessageContaining(file.toString());
  }

  @Test
  void a_backup_made_while_writing_is_one_commits_state() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (SqlRegistry registry = open(file());
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      CountDownLatch begun = new CountDownLatch(1);
      Future<?> writer =
          threads.submit(() -> {
            for (int i = 1; i <= 300; i++) {
              String value = Integer.toString(i);
              registry
                  .transactions()
                  .run(() -> {
                    registry.settings().put("a", value);
                    registry.settings().put("b", value);
                  });
              begun.countDown();
            }
          });
      begun.await();
      registry.backupTo(copy);
      writer.get();

      assertProblem(Problem.Code.ALREADY_EXISTS, () -> registry.backupTo(copy));
    }

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rw-------");
    try (SqlRegistry restored = open(copy)) {
      assertThat(restored.settings().find("a")).isPresent();
      assertThat(restored.settings().find("a")).isEqualTo(restored.settings().find("b"));
    }
  }
}
