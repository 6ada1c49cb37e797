package io.sallyport.store.sql;

import static io.sallyport.platform.base.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.audit.AuditStoreContract;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.NumberMarks;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.base.TransactionsContract;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.command.CommandStatus;
import io.sallyport.platform.command.CommandStore;
import io.sallyport.platform.command.CommandStoreContract;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceClass;
import io.sallyport.platform.device.DeviceCredential;
import io.sallyport.platform.device.DeviceInfo;
import io.sallyport.platform.device.DeviceQuery;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.DeviceStoreContract;
import io.sallyport.platform.device.DeviceType;
import io.sallyport.platform.device.DeviceTypeStore;
import io.sallyport.platform.device.DeviceTypeStoreContract;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.ApiKeyStoreContract;
import io.sallyport.platform.identity.HashCount;
import io.sallyport.platform.identity.KnownAddressStore;
import io.sallyport.platform.identity.KnownAddressStoreContract;
import io.sallyport.platform.identity.OperatorKey;
import io.sallyport.platform.identity.OperatorKeyStore;
import io.sallyport.platform.identity.OperatorKeyStoreContract;
import io.sallyport.platform.identity.SecretHash;
import io.sallyport.platform.tenant.SettingStore;
import io.sallyport.platform.tenant.SettingStoreContract;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.platform.tenant.TenantStoreContract;
import io.sallyport.platform.testing.InMemoryNumberMarks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All contracts of the registry, run against one kind of database. */
abstract class RegistryTest {
  /** Part of every secret and payload that the tests store. */
  static final String MARKER = "xyzzy-4711-marker";

  static final String KEY = "a-acme01-abcdefghij";
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901234Z");
  private static final TenantId ACME = new TenantId("acme01");
  private static final DeviceKey P1 = DeviceKey.of("acme01", "pump", "p1");

  final FakeTenantKeys keys = new FakeTenantKeys();
  final InMemoryNumberMarks marks = InMemoryNumberMarks.fresh();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private @Nullable RegistryConfig config;
  private @Nullable SqlRegistry opened;

  /** A database with nothing in it. */
  abstract RegistryConfig emptyDatabase();

  /** A copy of a database that nobody has open, as a backup brings it back. */
  abstract RegistryConfig copy(RegistryConfig database);

  @BeforeEach
  void open() {
    config = emptyDatabase();
    opened = openAgain();
  }

  @AfterEach
  void close() {
    registry().close();
  }

  SqlRegistry registry() {
    return Objects.requireNonNull(opened);
  }

  /** The same database, opened once more. */
  SqlRegistry openAgain() {
    return SqlRegistry.open(Objects.requireNonNull(config), keys, marks, meters);
  }

  /** A tenant with a type, a device with credential, an API key, and a command. */
  Tenant populate() {
    Tenant tenant = registry().tenants().create(ACME, "Acme", TenantSettings.DEFAULT, NOW);
    registry()
        .deviceTypes()
        .insert(
            new DeviceType(
                ACME,
                P1.type(),
                DeviceClass.DEVICE,
                "",
                DeviceInfo.NONE,
                Optional.empty(),
                NOW,
                NOW));
    Device device = registry().devices().insert(DeviceStoreContract.aDevice(P1));
    SecretHash token = new SecretHash("hmac", 1, MARKER + "-verifier");
    registry().devices().putCredential(new DeviceCredential(device.number(), token, NOW, 0));
    registry().apiKeys().insert(new ApiKey(ACME, KEY, token, Set.of(), "", true, NOW, 1));
    registry().commands().insert(aCommand(tenant, device, "c1"));
    return tenant;
  }

  Command aCommand(Tenant tenant, Device device, String id) {
    return new Command(
        id,
        0,
        device.key(),
        tenant.number(),
        device.number(),
        "reboot",
        "text",
        Payload.utf8(MARKER + "-payload"),
        1,
        CommandStatus.PENDING,
        "key:" + KEY,
        NOW,
        NOW.plusSeconds(60),
        NOW,
        Optional.empty());
  }

  @Test
  void what_was_written_is_there_when_opened_again() {
    populate();
    registry().close();

    try (SqlRegistry again = openAgain()) {
      assertThat(again.devices().find(P1)).isPresent();
      assertThat(again.commands().find(ACME, "c1").orElseThrow().payload())
          .isEqualTo(Payload.utf8(MARKER + "-payload"));
    }
  }

  private RegistryConfig backUp() {
    registry().close();
    RegistryConfig backup = copy(Objects.requireNonNull(config));
    opened = openAgain();
    return backup;
  }

  private static Device insertDevice(SqlRegistry registry, String id) {
    return registry
        .devices()
        .insert(DeviceStoreContract.aDevice(DeviceKey.of("acme01", "pump", id)));
  }

  @Test
  void numbers_given_after_a_backup_are_not_given_again_when_it_is_brought_back() {
    populate();
    RegistryConfig backup = backUp();
    Tenant lostTenant =
        registry().tenants().create(new TenantId("lost02"), "Lost", TenantSettings.DEFAULT, NOW);
    Device lostDevice = insertDevice(registry(), "lost");

    try (SqlRegistry restored = SqlRegistry.open(backup, keys, marks, meters)) {
      assertThat(restored.tenants().find(lostTenant.id())).isEmpty();
      assertThat(restored.devices().findByNumber(lostDevice.number())).isEmpty();
      Tenant tenant =
          restored.tenants().create(lostTenant.id(), "Again", TenantSettings.DEFAULT, NOW);
      assertThat(tenant.number()).isGreaterThan(lostTenant.number());
      assertThat(insertDevice(restored, "lost").number()).isGreaterThan(lostDevice.number());
    }
  }

  @Test
  void without_the_marks_numbers_go_on_far_above() {
    Tenant known = populate();
    Device device = registry().devices().find(P1).orElseThrow();
    RegistryConfig backup = backUp();

    try (SqlRegistry restored =
        SqlRegistry.open(backup, keys, InMemoryNumberMarks.lost(), meters)) {
      Tenant tenant =
          restored.tenants().create(new TenantId("next02"), "Next", TenantSettings.DEFAULT, NOW);
      assertThat(tenant.number()).isEqualTo(known.number() + (int) SqlNumbers.JUMP + 1);
      assertThat(insertDevice(restored, "next").number())
          .isEqualTo(device.number() + SqlNumbers.JUMP + 1);
    }
  }

  @Test
  void a_number_whose_mark_can_not_be_kept_is_not_given() {
    NumberMarks broken =
        new NumberMarks() {
          @Override
          public void given(Sequence sequence, long number) {
            if (number > 0) {
              throw new Problem(Problem.Code.STORAGE_FAILED, "broken").asException();
            }
          }

          @Override
          public OptionalLong mark(Sequence sequence) {
            return OptionalLong.of(0);
          }
        };
    registry().close();
    try (SqlRegistry other =
        SqlRegistry.open(Objects.requireNonNull(config), keys, broken, meters)) {
      assertProblem(
          Problem.Code.STORAGE_FAILED,
          () -> other.tenants().create(ACME, "Acme", TenantSettings.DEFAULT, NOW));
      assertThat(other.tenants().find(ACME)).isEmpty();
    }
  }

  @Test
  void deleting_a_tenant_takes_everything_but_its_audit_chain() {
    Tenant tenant = populate();
    Device device = registry().devices().find(P1).orElseThrow();
    AuditRecord record = nextRecord(registry());
    registry().audit().append(record);

    registry().tenants().delete(ACME, NOW);

    assertThat(registry().tenants().findByNumber(tenant.number())).isEmpty();
    assertThat(registry().devices().find(P1)).isEmpty();
    assertThat(registry().devices().findCredential(device.number())).isEmpty();
    assertThat(registry().deviceTypes().find(ACME, P1.type())).isEmpty();
    assertThat(registry().apiKeys().find(KEY)).isEmpty();
    assertThat(registry().commands().find(ACME, "c1")).isEmpty();
    assertThat(registry().audit().head(Optional.of(ACME))).contains(record);
  }

  @Test
  void logins_find_nothing_of_a_deleted_tenant() {
    populate();
    assertThat(registry().tenants().find(ACME)).isPresent();
    assertThat(registry().devices().findAccess(P1)).isPresent();
    assertThat(registry().apiKeys().find(KEY)).isPresent();

    registry().tenants().delete(ACME, NOW);

    assertThat(registry().tenants().find(ACME)).isEmpty();
    assertThat(registry().devices().findAccess(P1)).isEmpty();
    assertThat(registry().apiKeys().find(KEY)).isEmpty();
  }

  @Test
  void work_that_changed_what_a_login_rests_on_sees_it_before_others_do() throws Exception {
    populate();
    Device device = registry().devices().find(P1).orElseThrow();
    long version = registry().devices().findAccess(P1).orElseThrow().version();
    CountDownLatch changed = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    CompletableFuture<Long> work =
        registry()
            .transactions()
            .submit(() -> {
              registry().devices().update(device, true);
              changed.countDown();
              waitFor(seen);
              return registry().devices().findAccess(P1).orElseThrow().version();
            });
    changed.await();

    assertThat(registry().devices().findAccess(P1).orElseThrow().version()).isEqualTo(version);
    seen.countDown();

    assertThat(work.join()).isEqualTo(version + 1);
    assertThat(registry().devices().findAccess(P1).orElseThrow().version()).isEqualTo(version + 1);
  }

  /** THREATS T31: whoever revoked may rely on it when the call returns, however many log in. */
  @Test
  void no_login_sees_what_was_so_before_a_change_that_has_returned() throws Exception {
    populate();
    Device device = registry().devices().find(P1).orElseThrow();
    AtomicLong committed = new AtomicLong(device.version());
    AtomicBoolean over = new AtomicBoolean();
    // Not virtual ones: they never wait, and would keep each other off the processors.
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Boolean>> logins = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        logins.add(
            threads.submit(() -> {
              boolean neverLate = true;
              while (!over.get()) {
                long atLeast = committed.get();
                long version = registry().devices().findAccess(P1).orElseThrow().version();
                neverLate &= version >= atLeast;
              }
              return neverLate;
            }));
      }
      for (int i = 0; i < 200; i++) {
        committed.set(registry().devices().update(device, true).version());
      }
      over.set(true);
      for (Future<Boolean> login : logins) {
        assertThat(login.get()).isTrue();
      }
    } finally {
      over.set(true);
    }
  }

  @Test
  void nothing_can_be_added_to_a_deleted_tenant() {
    populate();
    ApiKey key = registry().apiKeys().find(KEY).orElseThrow();
    DeviceType type = registry().deviceTypes().find(ACME, P1.type()).orElseThrow();
    registry().tenants().delete(ACME, NOW);

    assertProblem(Problem.Code.NOT_FOUND, () -> registry().apiKeys().insert(key));
    assertProblem(Problem.Code.NOT_FOUND, () -> registry().deviceTypes().insert(type));
  }

  @Test
  void a_command_moved_to_another_device_does_not_open() {
    populate();

    registry()
        .database()
        .change(
            Change.of("test"),
            sql -> sql.execute("UPDATE commands SET device_number = device_number + 1"));

    assertProblem(Problem.Code.CORRUPT, () -> registry().commands().find(ACME, "c1"));
  }

  @Test
  void the_payload_of_a_shredded_tenant_is_not_readable() {
    keys.shred(populate().number());

    assertProblem(Problem.Code.NOT_FOUND, () -> registry().commands().find(ACME, "c1"));
  }

  @Test
  void a_gateway_of_another_tenant_is_refused() {
    populate();
    Device device = DeviceStoreContract.aDevice(DeviceKey.of("acme01", "pump", "p2"));

    assertProblem(
        Problem.Code.INVALID,
        () -> registry().devices().insert(behind(device, DeviceKey.of("other1", "gw", "g"))));
    assertProblem(
        Problem.Code.NOT_FOUND,
        () -> registry().devices().insert(behind(device, DeviceKey.of("acme01", "gw", "g"))));
    assertProblem(
        Problem.Code.NOT_FOUND,
        () ->
            registry()
                .devices()
                .list(ACME, DeviceQuery.ALL, PageRequest.first(1))
                .items()
                .forEach(one ->
                    registry()
                        .devices()
                        .update(behind(one, DeviceKey.of("acme01", "gw", "g")), true)));
  }

  private static Device behind(Device device, DeviceKey gateway) {
    return new Device(
        device.key(),
        device.number(),
        device.deviceClass(),
        Optional.of(gateway),
        device.info(),
        device.metadata(),
        true,
        false,
        device.registeredBy(),
        NOW,
        NOW,
        1);
  }

  @Test
  void what_was_read_of_a_deleted_device_does_not_change_its_successor() {
    populate();
    Device old = registry().devices().find(P1).orElseThrow();
    registry().devices().delete(P1);
    Device successor = registry().devices().insert(DeviceStoreContract.aDevice(P1));

    assertProblem(Problem.Code.NOT_FOUND, () -> registry().devices().update(old, true));

    assertThat(registry().devices().find(P1)).contains(successor);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "half \ud83c", "\udfed half"})
  void a_text_that_not_every_database_keeps_is_refused(String text) {
    assertProblem(
        Problem.Code.INVALID,
        () -> registry().tenants().create(ACME, text, TenantSettings.DEFAULT, NOW));

    assertThat(registry().tenants().find(ACME)).isEmpty();
  }

  @Test
  void a_text_that_is_too_long_is_refused() {
    assertProblem(Problem.Code.INVALID, () -> registry().settings().put("k".repeat(129), "value"));
    assertProblem(
        Problem.Code.INVALID,
        () -> registry().tenants().create(ACME, "n".repeat(1025), TenantSettings.DEFAULT, NOW));
  }

  @Test
  void an_audit_chain_written_by_many_has_no_gap() throws Exception {
    try (SqlRegistry beside = openAgain();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        SqlRegistry writer = i % 2 == 0 ? registry() : beside;
        writers.add(
            threads.submit(
                () -> writer.transactions().run(() -> writer.audit().append(nextRecord(writer)))));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }

    assertThat(registry().audit().range(Optional.of(ACME), 1, 1000))
        .extracting(AuditRecord::sequence)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 100).boxed().toList());
  }

  private static AuditRecord nextRecord(SqlRegistry registry) {
    long sequence =
        registry.audit().head(Optional.of(ACME)).map(AuditRecord::sequence).orElse(0L) + 1;
    return new AuditRecord(
        sequence,
        NOW,
        AuditEntry.done(ACME, "system", "test", "target", Map.of()),
        "0".repeat(64),
        "%064x".formatted(sequence));
  }

  @Test
  void others_do_not_see_work_before_its_commit() throws Exception {
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch seen = new CountDownLatch(1);
    CompletableFuture<Boolean> work =
        registry()
            .transactions()
            .submit(() -> {
              registry().settings().put("k", "v");
              written.countDown();
              return waitFor(seen);
            });
    written.await();

    assertThat(registry().settings().find("k")).isEmpty();
    seen.countDown();
    assertThat(work.join()).isTrue();

    assertThat(registry().settings().find("k")).contains("v");
  }

  @Test
  void work_that_came_during_a_commit_shares_the_next() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Boolean> first =
        registry()
            .transactions()
            .submit(() -> {
              started.countDown();
              return waitFor(release);
            });
    started.await();
    List<CompletableFuture<Boolean>> others = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String key = "k" + i;
      others.add(
          registry()
              .transactions()
              .submit(() -> {
                registry().settings().put(key, "v");
                return true;
              }));
    }

    release.countDown();
    assertThat(first.join()).isTrue();
    others.forEach(CompletableFuture::join);

    assertThat(meters.get("sallyport.registry.commit").timer().count()).isEqualTo(2);
    assertThat(meters.get("sallyport.registry.batch").summary().max()).isEqualTo(100);
  }

  @Test
  void nested_work_that_fails_and_is_caught_leaves_nothing_and_the_outer_stands() {
    registry()
        .transactions()
        .run(() -> {
          registry().settings().put("outer", "v");
          assertThatThrownBy(() ->
                  registry()
                      .transactions()
                      .run(() -> {
                        registry().settings().put("inner", "v");
                        throw new IllegalStateException("no");
                      }))
              .hasMessage("no");
        });

    assertThat(registry().settings().find("outer")).contains("v");
    assertThat(registry().settings().find("inner")).isEmpty();
  }

  @Test
  void a_closed_registry_refuses() {
    registry().close();

    assertProblem(Problem.Code.UNAVAILABLE, () -> registry().settings().put("k", "v"));
    assertProblem(Problem.Code.UNAVAILABLE, () -> registry().settings().find("k"));
    assertThat(registry().transactions().submit(() -> true)).isCompletedExceptionally();
  }

  @Test
  void a_newer_schema_is_refused_with_what_to_do() {
    registry()
        .database()
        .change(
            Change.of("test"),
            sql ->
                sql.execute(
                    "INSERT INTO schema_history (installed_rank, version, description, type,"
                        + " script, checksum, installed_by, execution_time, success) SELECT"
                        + " installed_rank + 1, '99', 'future', type, 'V99__future.sql', 1,"
                        + " installed_by, 1, success FROM schema_history WHERE installed_rank ="
                        + " (SELECT MAX(installed_rank) FROM schema_history)"));
    registry().close();

    assertProblem(Problem.Code.CONFLICT, this::openAgain);
    assertThatThrownBy(this::openAgain)
        .hasMessageContainingAll("newer release", "schema 99", "restore a backup");
  }

  static boolean waitFor(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Nested
  class AsTransactions implements TransactionsContract {
    @Override
    public Transactions transactions() {
      return registry().transactions();
    }

    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }
  }

  @Nested
  class AsTenantStore implements TenantStoreContract {
    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }
  }

  @Nested
  class AsSettingStore implements SettingStoreContract {
    @Override
    public SettingStore settings() {
      return registry().settings();
    }
  }

  @Nested
  class AsApiKeyStore implements ApiKeyStoreContract {
    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }

    @Override
    public ApiKeyStore apiKeys() {
      return registry().apiKeys();
    }
  }

  @Nested
  class AsKnownAddressStore implements KnownAddressStoreContract {
    @Override
    public KnownAddressStore knownAddresses() {
      return registry().knownAddresses();
    }
  }

  @Test
  void stored_hashes_are_counted_by_holder_scheme_and_key() {
    populate();
    OperatorKeyStore operators = registry().operatorKeys();
    operators.insert(new OperatorKey("o-a", new SecretHash("hmac", 2, "x"), NOW));
    operators.insert(new OperatorKey("o-b", new SecretHash("hmac", 1, "x"), NOW));
    operators.insert(new OperatorKey("o-c", new SecretHash("hmac", 1, "y"), NOW));

    List<HashCount> counts = registry().storedHashes().count();

    assertThat(counts)
        .contains(
            new HashCount("operator-keys", "hmac", 1, 2),
            new HashCount("operator-keys", "hmac", 2, 1));
    assertThat(counts)
        .extracting(HashCount::holder)
        .contains("devices", "api-keys", "operator-keys");
  }

  @Nested
  class AsOperatorKeyStore implements OperatorKeyStoreContract {
    @Override
    public OperatorKeyStore operatorKeys() {
      return registry().operatorKeys();
    }
  }

  @Nested
  class AsDeviceTypeStore implements DeviceTypeStoreContract {
    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }

    @Override
    public DeviceTypeStore types() {
      return registry().deviceTypes();
    }

    @Override
    public DeviceStore devices() {
      return registry().devices();
    }
  }

  @Nested
  class AsDeviceStore implements DeviceStoreContract {
    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }

    @Override
    public DeviceTypeStore types() {
      return registry().deviceTypes();
    }

    @Override
    public DeviceStore devices() {
      return registry().devices();
    }
  }

  @Nested
  class AsCommandStore implements CommandStoreContract {
    @Override
    public TenantStore tenants() {
      return registry().tenants();
    }

    @Override
    public DeviceTypeStore types() {
      return registry().deviceTypes();
    }

    @Override
    public DeviceStore devices() {
      return registry().devices();
    }

    @Override
    public CommandStore commands() {
      return registry().commands();
    }
  }

  @Nested
  class AsAuditStore implements AuditStoreContract {
    @Override
    public AuditStore audit() {
      return registry().audit();
    }
  }
}
