package io.sallyport.platform.tenant;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTenantKeysTest {
  private static final int TENANT = 7;
  private static final SealedContext CONTEXT =
      new SealedContext(SealedContext.EVENT_LOG, TENANT, 42, 1_000);
  private static final byte[] PLAIN = "21.5 degrees".getBytes(UTF_8);

  private final SecureRandom random = new SecureRandom();
  private final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T00:00:00Z"));
  private final MasterKey master = MasterKey.random(random);

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void nameDataFolder() {
    data = folder.resolve("keys");
  }

  private FileTenantKeys open() {
    return new FileTenantKeys(data, master, clock, random);
  }

  private FileTenantKeys openWithTenant() {
    FileTenantKeys keys = open();
    keys.ensureTenant(TENANT);
    return keys;
  }

  private static void assertProblem(ThrowingCallable call, Problem.Code code, String text) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class,
            refused -> {
              assertThat(refused.problem().code()).isEqualTo(code);
              assertThat(refused.problem().text()).contains(text);
            });
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static String keyAndNonce(byte[] sealed) {
    return HexFormat.of().formatHex(sealed, 1, 21);
  }

  @Test
  void sealed_value_opens_again_also_after_a_restart() {
    byte[] sealed;
    try (FileTenantKeys keys = openWithTenant()) {
      sealed = keys.writer(TENANT).seal(CONTEXT, PLAIN);
      assertThat(keys.open(CONTEXT, sealed)).isEqualTo(PLAIN);
    }
    try (FileTenantKeys keys = open()) {
      assertThat(keys.open(CONTEXT, sealed)).isEqualTo(PLAIN);
    }
  }

  @Test
  void sealed_value_has_the_documented_layout() {
    try (FileTenantKeys keys = openWithTenant()) {
      PayloadCipher writer = keys.writer(TENANT);
      byte[] first = writer.seal(CONTEXT, PLAIN);
      byte[] second = writer.seal(CONTEXT, PLAIN);
      assertThat(first).hasSize(PLAIN.length + PayloadCipher.OVERHEAD_BYTES);
      assertThat(first[0]).isEqualTo((byte) 1);
      assertThat(Arrays.copyOf(second, 13)).isEqualTo(Arrays.copyOf(first, 13));
      assertThat(TenantKeys.sequence(second, 0)).isEqualTo(TenantKeys.sequence(first, 0) + 1);
    }
  }

  @Test
  void two_writers_of_one_tenant_have_streams_of_their_own() {
    try (FileTenantKeys keys = openWithTenant()) {
      byte[] first = keys.writer(TENANT).seal(CONTEXT, PLAIN);
      byte[] second = keys.writer(TENANT).seal(CONTEXT, PLAIN);
      assertThat(Arrays.copyOfRange(second, 1, 9)).isEqualTo(Arrays.copyOfRange(first, 1, 9));
      assertThat(Arrays.copyOfRange(second, 9, 13)).isNotEqualTo(Arrays.copyOfRange(first, 9, 13));
    }
  }

  @Test
  void sealed_value_moved_to_another_place_does_not_open() {
    try (FileTenantKeys keys = openWithTenant()) {
      keys.ensureTenant(8);
      byte[] sealed = keys.writer(TENANT).seal(CONTEXT, PLAIN);
      for (SealedContext other :
          List.of(
              new SealedContext(SealedContext.LAST_EVENT, TENANT, 42, 1_000),
              new SealedContext(SealedContext.EVENT_LOG, 8, 42, 1_000),
              new SealedContext(SealedContext.EVENT_LOG, TENANT, 43, 1_000),
              new SealedContext(SealedContext.EVENT_LOG, TENANT, 42, 1_001))) {
        assertProblem(() -> keys.open(other, sealed), Problem.Code.CORRUPT, "does not open");
      }
    }
  }

  @Test
  void no_changed_bit_of_a_sealed_value_goes_unnoticed() {
    try (FileTenantKeys keys = openWithTenant()) {
      byte[] sealed = keys.writer(TENANT).seal(CONTEXT, PLAIN);
      for (int bit = 0; bit < sealed.length * 8; bit++) {
        byte[] changed = sealed.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        assertProblem(() -> keys.open(CONTEXT, changed), Problem.Code.CORRUPT, "does not open");
      }
    }
  }

  @Test
  void no_nonce_repeats_under_a_key_over_restarts_and_a_restored_older_copy() throws IOException {
    List<byte[]> sealed = new ArrayList<>();
    Callable<Void> writeSome =
        () -> {
          try (FileTenantKeys keys = openWithTenant()) {
            PayloadCipher one = keys.writer(TENANT);
            PayloadCipher two = keys.writer(TENANT);
            for (int i = 0; i < 500; i++) {
              sealed.add(one.seal(CONTEXT, PLAIN));
              sealed.add(two.seal(CONTEXT, PLAIN));
            }
          }
          return null;
        };
    run(writeSome);
    Path older = folder.resolve("older");
    copy(data, older);
    run(writeSome);
    Path lost = folder.resolve("lost");
    Files.move(data, lost);
    copy(older, data);
    run(writeSome);

    Set<String> seen = new HashSet<>();
    sealed.forEach(value -> assertThat(seen.add(keyAndNonce(value))).isTrue());
    assertThat(seen).hasSize(3_000);
    // What was written after the copy needs the folder that was lost, the rest opens with this one.
    try (FileTenantKeys keys = open()) {
      assertThat(keys.open(CONTEXT, sealed.getFirst())).isEqualTo(PLAIN);
      assertThat(keys.open(CONTEXT, sealed.getLast())).isEqualTo(PLAIN);
      assertProblem(() -> keys.open(CONTEXT, sealed.get(1_500)), Problem.Code.CORRUPT, "data key");
    }
  }

  private static void run(Callable<Void> part) throws IOException {
    try {
      part.call();
    } catch (IOException | RuntimeException failed) {
      throw failed;
    } catch (Exception failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Test
  void data_key_is_on_disk_before_its_first_use() throws IOException {
    try (FileTenantKeys keys = openWithTenant()) {
      byte[] sealed = keys.writer(TENANT).seal(CONTEXT, PLAIN);
      Path asKilled = folder.resolve("killed");
      copy(data, asKilled);
      try (FileTenantKeys next = new FileTenantKeys(asKilled, master, clock, random)) {
        assertThat(next.open(CONTEXT, sealed)).isEqualTo(PLAIN);
      }
    }
  }

  @Test
  void data_key_ends_after_seven_days() {
    try (FileTenantKeys keys = openWithTenant()) {
      PayloadCipher writer = keys.writer(TENANT);
      byte[] early = writer.seal(CONTEXT, PLAIN);
      clock.advance(Duration.ofDays(7).minusMillis(1));
      byte[] late = writer.seal(CONTEXT, PLAIN);
      clock.advance(Duration.ofMillis(1));
      byte[] after = writer.seal(CONTEXT, PLAIN);
      assertThat(Arrays.copyOf(late, 9)).isEqualTo(Arrays.copyOf(early, 9));
      assertThat(Arrays.copyOf(after, 9)).isNotEqualTo(Arrays.copyOf(early, 9));
      assertThat(keys.open(CONTEXT, early)).isEqualTo(PLAIN);
      assertThat(keys.open(CONTEXT, after)).isEqualTo(PLAIN);
    }
  }

  @Test
  void data_key_seals_no_more_records_than_allowed() {
    DataKeyLimits limits = new DataKeyLimits(1_500, Duration.ofDays(7));
    try (FileTenantKeys keys = new FileTenantKeys(data, master, clock, random, limits)) {
      keys.ensureTenant(TENANT);
      PayloadCipher one = keys.writer(TENANT);
      PayloadCipher two = keys.writer(TENANT);
      List<String> keyIds = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        keyIds.add(keyAndNonce(one.seal(CONTEXT, PLAIN)).substring(0, 16));
        keyIds.add(keyAndNonce(two.seal(CONTEXT, PLAIN)).substring(0, 16));
      }
      assertThat(new HashSet<>(keyIds))
          .hasSizeGreaterThan(2)
          .allSatisfy(
              id -> assertThat(keyIds.stream().filter(id::equals).count()).isBetween(1L, 1_500L));
    }
  }

  @Test
  void shredded_tenant_opens_and_seals_nothing_any_more() {
    byte[] sealed;
    try (FileTenantKeys keys = openWithTenant()) {
      PayloadCipher writer = keys.writer(TENANT);
      sealed = writer.seal(CONTEXT, PLAIN);
      assertThat(keys.open(CONTEXT, sealed)).isEqualTo(PLAIN);
      keys.shred(TENANT);
      assertProblem(() -> keys.open(CONTEXT, sealed), Problem.Code.NOT_FOUND, "has no key");
      assertProblem(() -> writer.seal(CONTEXT, PLAIN), Problem.Code.NOT_FOUND, "has no key");
      assertProblem(() -> keys.writer(TENANT), Problem.Code.NOT_FOUND, "has no key");
      assertProblem(() -> keys.ensureTenant(TENANT), Problem.Code.NOT_FOUND, "has no key");
    }
    try (FileTenantKeys keys = open()) {
      assertProblem(() -> keys.open(CONTEXT, sealed), Problem.Code.NOT_FOUND, "has no key");
      assertProblem(() -> keys.ensureTenant(TENANT), Problem.Code.NOT_FOUND, "has no key");
    }
  }

  @Test
  void shredding_removes_the_wrapped_keys_from_both_files_and_keeps_other_tenants()
      throws IOException {
    try (FileTenantKeys keys = openWithTenant()) {
      keys.ensureTenant(8);
      SealedContext other = new SealedContext(SealedContext.EVENT_LOG, 8, 1, 1);
      byte[] kept = keys.writer(8).seal(other, PLAIN);
      keys.writer(TENANT).seal(CONTEXT, PLAIN);
      byte[] dataBefore = Files.readAllBytes(data.resolve(DataKeyFile.FILE_NAME));
      keys.shred(TENANT);
      assertThat(Files.readAllBytes(data.resolve(DataKeyFile.FILE_NAME)))
          .hasSize(dataBefore.length - 64);
      assertThat(keys.open(other, kept)).isEqualTo(PLAIN);
      assertThat(keys.open(other, keys.writer(8).seal(other, PLAIN))).isEqualTo(PLAIN);
    }
    try (FileTenantKeys keys = open()) {
      assertThat(keys.purposeKey("token")).hasSize(32);
    }
  }

  @Test
  void wrong_master_key_is_refused_at_open_with_a_helpful_text() {
    openWithTenant().close();
    MasterKey wrong = MasterKey.random(random);
    assertProblem(
        () -> new FileTenantKeys(data, wrong, clock, random),
        Problem.Code.STORAGE_FAILED,
        wrong.fingerprint() + " is not the one");
    openWithTenant().close();
  }

  @Test
  void torn_last_record_of_the_data_keys_is_dropped() throws IOException {
    byte[] sealed;
    try (FileTenantKeys keys = openWithTenant()) {
      sealed = keys.writer(TENANT).seal(CONTEXT, PLAIN);
    }
    for (byte[] tail : List.of(new byte[] {1, 2, 3}, new byte[64], new byte[100])) {
      Files.write(data.resolve(DataKeyFile.FILE_NAME), tail, StandardOpenOption.APPEND);
      try (FileTenantKeys keys = open()) {
        assertThat(keys.open(CONTEXT, sealed)).isEqualTo(PLAIN);
        byte[] next = keys.writer(TENANT).seal(CONTEXT, PLAIN);
        assertThat(keys.open(CONTEXT, next)).isEqualTo(PLAIN);
      }
      open().close();
    }
  }

  @Test
  void damaged_key_files_are_named() throws IOException {
    try (FileTenantKeys keys = openWithTenant()) {
      keys.writer(TENANT).seal(CONTEXT, PLAIN);
    }
    for (String name : List.of(DataKeyFile.FILE_NAME, TenantKeyFile.FILE_NAME)) {
      byte[] sound = Files.readAllBytes(data.resolve(name));
      byte[] damaged = sound.clone();
      damaged[damaged.length - 20] ^= 1;
      Files.write(data.resolve(name), damaged);
      assertProblem(this::open, Problem.Code.CORRUPT, name);
      Files.write(data.resolve(name), sound);
    }
    open().close();
  }

  @Test
  void second_user_of_the_folder_is_refused() {
    try (FileTenantKeys keys = open()) {
      assertThat(keys.escrowed()).isEmpty();
      assertProblem(this::open, Problem.Code.STORAGE_FAILED, "in use already");
    }
    open().close();
  }

  @Test
  void key_files_are_readable_by_their_owner_only() throws IOException {
    try (FileTenantKeys keys = openWithTenant()) {
      keys.writer(TENANT).seal(CONTEXT, PLAIN);
    }
    Path keyFolder = folder.resolve("data.keys");
    MasterKey.create(keyFolder, random);
    for (Path made : List.of(data, keyFolder)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
          .isEqualTo("rwx------");
      try (Stream<Path> files = Files.list(made)) {
        for (Path file : files.toList()) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .isEqualTo("rw-------");
        }
      }
    }
  }

  @Test
  void master_key_is_made_once_and_never_in_place_of_a_lost_one() throws IOException {
    Path keyFolder = folder.resolve("data.keys");
    MasterKey made = MasterKey.loadOrCreate(keyFolder, data, random);
    assertThat(MasterKey.loadOrCreate(keyFolder, data, random).fingerprint())
        .isEqualTo(made.fingerprint());
    new FileTenantKeys(data, made, clock, random).close();
    Files.delete(keyFolder.resolve(MasterKey.FILE_NAME));
    assertProblem(
        () -> MasterKey.loadOrCreate(keyFolder, data, random),
        Problem.Code.STORAGE_FAILED,
        "is missing");
    assertThat(made.toString()).isEqualTo("MasterKey[hidden]");
  }

  @Test
  void master_key_comes_back_from_its_recovery_copy() {
    Secret passphrase = Secret.of("correct horse battery staple");
    Path copy = folder.resolve("recovery.copy");
    byte[] sealed;
    try (FileTenantKeys keys = openWithTenant()) {
      assertThat(keys.escrowed()).isEmpty();
      sealed = keys.writer(TENANT).seal(CONTEXT, PLAIN);
      keys.escrow(copy, passphrase);
      assertThat(keys.escrowed()).contains(clock.instant());
    }
    assertProblem(
        () -> MasterKey.recover(copy, Secret.of("wrong")), Problem.Code.INVALID, "does not open");
    MasterKey recovered = MasterKey.recover(copy, passphrase);
    try (FileTenantKeys keys = new FileTenantKeys(data, recovered, clock, random)) {
      assertThat(keys.open(CONTEXT, sealed)).isEqualTo(PLAIN);
      assertThat(keys.escrowed()).isPresent();
    }
  }

  @Test
  void purpose_keys_depend_on_label_and_master_key_only() {
    byte[] token;
    try (FileTenantKeys keys = open()) {
      token = keys.purposeKey("token");
      assertThat(token).hasSize(32).isNotEqualTo(keys.purposeKey("cursor"));
    }
    try (FileTenantKeys keys = open()) {
      assertThat(keys.purposeKey("token")).isEqualTo(token);
    }
  }

  @Test
  void many_threads_seal_and_open_at_once() throws Exception {
    try (FileTenantKeys keys = openWithTenant();
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Set<String>>> parts = new ArrayList<>();
      for (int part = 0; part < 8; part++) {
        parts.add(() -> {
          PayloadCipher writer = keys.writer(TENANT);
          Set<String> nonces = new HashSet<>();
          for (int i = 0; i < 3_000; i++) {
            byte[] sealed = writer.seal(CONTEXT, PLAIN);
            assertThat(keys.open(CONTEXT, sealed)).isEqualTo(PLAIN);
            nonces.add(keyAndNonce(sealed));
          }
          return nonces;
        });
      }
      Set<String> all = new HashSet<>();
      for (var result : threads.invokeAll(parts)) {
        all.addAll(result.get());
      }
      assertThat(all).hasSize(8 * 3_000);
    }
  }
}
