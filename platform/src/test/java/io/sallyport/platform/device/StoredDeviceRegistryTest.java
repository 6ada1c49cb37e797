package io.sallyport.platform.device;

import static io.sallyport.platform.testing.PlatformFixture.OPERATOR;
import static io.sallyport.platform.testing.PlatformFixture.anAdministrator;
import static io.sallyport.platform.testing.PlatformFixture.anApplication;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.JournalPosition;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationJournal.Kind;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.identity.AccessDeniedProblem;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.platform.testing.RecordingConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredDeviceRegistryTest {
  private static final TypeId PUMP = new TypeId("pump");
  private static final DeviceKey P1 = DeviceKey.of("acme01", "pump", "p1");

  private final PlatformFixture platform = new PlatformFixture();
  private final Tenant acme = platform.aTenant("acme01");
  private final Tenant rival = platform.aTenant("rival1");
  private final DeviceRegistry registry = platform.registry;
  private final Principal admin = anAdministrator(acme);

  @AfterEach
  void close() {
    platform.close();
  }

  private static void assertDenied(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(AccessDeniedProblem.class);
  }

  private static void assertProblem(Problem.Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.problem().code()).isEqualTo(code));
  }

  private static DeviceInfo info(String model, String serial) {
    return new DeviceInfo(
        Optional.ofNullable(serial.isEmpty() ? null : serial),
        Optional.empty(),
        Optional.ofNullable(model.isEmpty() ? null : model),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private List<String> actions() {
    return platform.auditOf(acme).stream()
        .map(AuditRecord::entry)
        .map(entry -> entry.action() + " " + entry.target())
        .toList();
  }

  private RecordingConnection connect(RegisteredDevice device) {
    RecordingConnection connection = new RecordingConnection(platform.logIn(device));
    platform.connections.register(connection);
    return connection;
  }

  /** One call of the registry, and the permission that it needs. */
  record Call(String name, Permission needed, Action action) {
    interface Action {
      void run(DeviceRegistry registry, Principal actor);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Call> calls() {
    DeviceKey fresh = DeviceKey.of("acme01", "pump", "p2");
    var tenant = P1.tenant();
    return Stream.of(
        new Call(
            "createType",
            Permission.DEVICE_MANAGE,
            (registry, actor) ->
                registry.createType(
                    actor,
                    tenant,
                    new TypeId("new"),
                    DeviceClass.DEVICE,
                    "",
                    DeviceInfo.NONE,
                    Optional.empty())),
        new Call(
            "getType",
            Permission.DEVICE_READ,
            (registry, actor) -> registry.getType(actor, tenant, PUMP)),
        new Call(
            "listTypes",
            Permission.DEVICE_READ,
            (registry, actor) -> registry.listTypes(actor, tenant, false, PageRequest.first(10))),
        new Call(
            "countTypes",
            Permission.DEVICE_READ,
            (registry, actor) -> registry.countTypes(actor, tenant)),
        new Call(
            "updateType",
            Permission.DEVICE_MANAGE,
            (registry, actor) ->
                registry.updateType(
                    actor, tenant, PUMP, Optional.of("x"), DeviceInfo.NONE, Optional.empty())),
        new Call(
            "register",
            Permission.DEVICE_MANAGE,
            (registry, actor) -> registry.register(actor, DeviceRegistration.of(fresh))),
        new Call("get", Permission.DEVICE_READ, (registry, actor) -> registry.get(actor, P1)),
        new Call(
            "list",
            Permission.DEVICE_READ,
            (registry, actor) ->
                registry.list(actor, tenant, DeviceQuery.ALL, PageRequest.first(10))),
        new Call(
            "count",
            Permission.DEVICE_READ,
            (registry, actor) -> registry.count(actor, tenant, DeviceQuery.ALL)),
        new Call(
            "update",
            Permission.DEVICE_MANAGE,
            (registry, actor) ->
                registry.update(actor, P1, DeviceInfo.NONE, Optional.empty(), Optional.empty())),
        new Call(
            "setEnabled",
            Permission.DEVICE_MANAGE,
            (registry, actor) -> registry.setEnabled(actor, P1, false)),
        new Call(
            "replaceToken",
            Permission.DEVICE_CREDENTIAL,
            (registry, actor) -> registry.replaceToken(actor, P1, Optional.empty())),
        new Call(
            "delete", Permission.DEVICE_MANAGE, (registry, actor) -> registry.delete(actor, P1)),
        new Call(
            "deleteType",
            Permission.DEVICE_MANAGE,
            (registry, actor) -> registry.deleteType(actor, tenant, new TypeId("empty"))));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void call_works_with_its_permission_alone_and_not_with_all_others(Call call) {
    platform.aDevice(acme).register();
    registry.createType(
        admin,
        acme.id(),
        new TypeId("empty"),
        DeviceClass.DEVICE,
        "",
        DeviceInfo.NONE,
        Optional.empty());
    Permission[] others =
        Arrays.stream(Permission.values())
            .filter(permission -> permission != call.needed())
            .toArray(Permission[]::new);

    assertDenied(() -> call.action().run(registry, anApplication(acme, others)));
    assertDenied(() -> call.action().run(registry, anAdministrator(rival)));
    assertDenied(() -> call.action().run(registry, OPERATOR));
    call.action().run(registry, anApplication(acme, call.needed()));
  }

  @Test
  void device_reads_itself_and_nothing_else() {
    Principal pump = platform.logIn(platform.aDevice(acme).register());
    platform.aDevice(acme).withId("p2").register();

    assertThat(registry.get(pump, P1).key()).isEqualTo(P1);
    assertDenied(() -> registry.get(pump, DeviceKey.of("acme01", "pump", "p2")));
    assertDenied(() -> registry.list(pump, acme.id(), DeviceQuery.ALL, PageRequest.first(10)));
    assertDenied(() -> registry.setEnabled(pump, P1, true));
    assertDenied(() -> registry.replaceToken(pump, P1, Optional.empty()));
  }

  @Test
  void device_takes_what_it_lacks_from_its_type() {
    registry.createType(
        admin,
        acme.id(),
        PUMP,
        DeviceClass.GATEWAY,
        "",
        info("M1", "S-type"),
        Optional.of("{\"a\":1}"));

    Device device =
        registry
            .register(
                admin,
                new DeviceRegistration(
                    P1, Optional.empty(), info("", "S-own"), Optional.empty(), Optional.empty()))
            .device();

    assertThat(device.info()).isEqualTo(info("M1", "S-own"));
    assertThat(device.metadata()).hasValue("{\"a\":1}");
    assertThat(device.deviceClass()).isEqualTo(DeviceClass.GATEWAY);
    assertThat(device.registeredBy()).isEqualTo(admin.auditName());
    assertThat(device.enabled()).isTrue();
  }

  @Test
  void token_is_shown_once_and_stored_as_a_hash_only() {
    RegisteredDevice pump = platform.aDevice(acme).withToken("a-chosen-token").register();

    assertThat(pump.token()).isEqualTo(Secret.of("a-chosen-token"));
    assertThat(platform.deviceStore.findCredential(pump.device().number()))
        .hasValueSatisfying(stored -> {
          assertThat(stored.token().scheme()).isEqualTo("argon2id");
          assertThat(stored.token().text()).doesNotContain("a-chosen-token");
        });
    assertThat(platform.auditOf(acme).toString()).doesNotContain("a-chosen-token");
    assertThat(pump.toString()).doesNotContain("a-chosen-token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"short77", "has space in it", "x2345678901234567890123456789012345x7"})
  void chosen_token_of_a_bad_form_is_invalid(String token) {
    assertProblem(Problem.Code.INVALID, () -> platform.aDevice(acme).withToken(token).register());
    assertThat(platform.deviceStore.find(P1)).isEmpty();
  }

  @Test
  void token_that_a_machine_made_at_random_is_stored_under_the_quick_hash_and_logs_in() {
    Secret random = Secret.of("kT9w.Xb2-mQ7z_Lr4!nVc8");
    platform.aDevice(acme).register();
    DeviceKey key = new DeviceKey(P1.tenant(), P1.type(), new DeviceId("imported"));
    RegisteredDevice imported = registry.register(admin, imported(key, random));

    assertThat(platform.deviceStore.findCredential(imported.device().number()))
        .hasValueSatisfying(stored -> assertThat(stored.token().scheme()).isEqualTo("hmac"));
    assertThat(platform.logIn(imported).key()).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sixteenletters16", "aaaaaaaaaaaaaaaaaaaaaaaa", "short77"})
  void token_that_can_not_be_random_is_refused_as_such(String token) {
    platform.aDevice(acme).register();
    DeviceKey key = new DeviceKey(P1.tenant(), P1.type(), new DeviceId("imported"));

    assertProblem(
        Problem.Code.INVALID, () -> registry.register(admin, imported(key, Secret.of(token))));
    assertThat(platform.deviceStore.find(key)).isEmpty();
  }

  private static DeviceRegistration imported(DeviceKey key, Secret token) {
    return new DeviceRegistration(
        key, Optional.empty(), DeviceInfo.NONE, Optional.empty(), Optional.of(token), true);
  }

  @Test
  void second_device_of_the_same_key_exists_already() {
    platform.aDevice(acme).register();

    assertProblem(Problem.Code.ALREADY_EXISTS, () -> platform.aDevice(acme).register());
  }

  @Test
  void device_of_an_unknown_type_is_not_found() {
    assertProblem(
        Problem.Code.NOT_FOUND, () -> registry.register(admin, DeviceRegistration.of(P1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "{", "{} {}", "", "{\"a\":}", "null"})
  void metadata_that_is_no_json_object_is_invalid(String metadata) {
    platform.aDevice(acme).register();

    assertProblem(
        Problem.Code.INVALID,
        () -> registry.update(admin, P1, DeviceInfo.NONE, Optional.of(metadata), Optional.empty()));
  }

  @Test
  void metadata_deeper_than_64_levels_or_longer_than_64_kib_is_refused() {
    platform.aDevice(acme).register();
    String deep = "{\"a\":".repeat(65) + "1" + "}".repeat(65);
    String big = "{\"a\":\"" + "x".repeat(64 * 1024) + "\"}";

    assertProblem(
        Problem.Code.INVALID,
        () -> registry.update(admin, P1, DeviceInfo.NONE, Optional.of(deep), Optional.empty()));
    assertProblem(
        Problem.Code.TOO_LARGE,
        () -> registry.update(admin, P1, DeviceInfo.NONE, Optional.of(big), Optional.empty()));
  }

  @Test
  void overlong_information_is_invalid() {
    platform.aDevice(acme).register();

    assertProblem(
        Problem.Code.INVALID,
        () ->
            registry.update(
                admin, P1, info("x".repeat(1_025), ""), Optional.empty(), Optional.empty()));
  }

  @Test
  void update_merges_and_leaves_connections_open() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    RecordingConnection connection = connect(pump);
    registry.update(admin, P1, info("M1", "S1"), Optional.of("{\"a\":1}"), Optional.of(true));

    Device updated = registry.update(admin, P1, info("M2", ""), Optional.empty(), Optional.empty());

    assertThat(updated.info()).isEqualTo(info("M2", "S1"));
    assertThat(updated.metadata()).hasValue("{\"a\":1}");
    assertThat(updated.alertEnabled()).isTrue();
    assertThat(updated.version()).isEqualTo(pump.device().version());
    assertThat(connection.closed()).isFalse();
  }

  @Test
  void type_in_use_is_not_deleted() {
    platform.aDevice(acme).register();

    assertProblem(Problem.Code.IN_USE, () -> registry.deleteType(admin, acme.id(), PUMP));
    registry.delete(admin, P1);
    registry.deleteType(admin, acme.id(), PUMP);
    assertProblem(Problem.Code.NOT_FOUND, () -> registry.deleteType(admin, acme.id(), PUMP));
  }

  @Test
  void disabling_raises_the_version_and_ends_the_devices_connections() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    RecordingConnection connection = connect(pump);
    RecordingConnection neighbour = connect(platform.aDevice(acme).withId("p2").register());

    Device disabled = registry.setEnabled(admin, P1, false);

    assertThat(disabled.enabled()).isFalse();
    assertThat(disabled.version()).isGreaterThan(pump.device().version());
    assertThat(connection.closed()).isTrue();
    assertThat(neighbour.closed()).isFalse();
    assertThat(journaled()).containsExactly(Map.entry(Kind.DEVICE_DISABLED, "p1"));
  }

  private List<Map.Entry<Kind, String>> journaled() {
    return platform.journal.since(Instant.EPOCH).stream()
        .map(entry -> Map.entry(entry.kind(), entry.ids().get(2)))
        .toList();
  }

  @Test
  void replacing_the_token_ends_the_devices_connections() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    RecordingConnection connection = connect(pump);

    RegisteredDevice replaced = registry.replaceToken(admin, P1, Optional.empty());

    assertThat(replaced.token()).isNotEqualTo(pump.token());
    assertThat(connection.closed()).isTrue();
    assertThat(journaled()).containsExactly(Map.entry(Kind.DEVICE_TOKEN_REPLACED, "p1"));
    assertThat(actions()).contains("device.token pump/p1");
  }

  @Test
  void deleted_device_is_gone_with_its_credential_and_its_connections() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    RecordingConnection connection = connect(pump);

    registry.delete(admin, P1);

    assertThat(connection.closed()).isTrue();
    assertThat(platform.deviceStore.find(P1)).isEmpty();
    assertThat(platform.deviceStore.findCredential(pump.device().number())).isEmpty();
    assertThat(journaled()).containsExactly(Map.entry(Kind.DEVICE_DELETED, "p1"));
    assertProblem(Problem.Code.NOT_FOUND, () -> registry.delete(admin, P1));
  }

  @Test
  void number_of_a_deleted_device_is_not_used_again() {
    long number = platform.aDevice(acme).register().device().number();
    registry.delete(admin, P1);

    assertThat(platform.aDevice(acme).register().device().number()).isGreaterThan(number);
  }

  @Test
  void devices_behind_a_deleted_gateway_are_released() {
    Device gateway =
        platform.aDevice(acme).ofType("gw").withId("g1").asGateway().register().device();
    DeviceKey child = platform.aDevice(acme).withId("c1").behind(gateway).register().device().key();

    registry.delete(admin, gateway.key());

    assertThat(registry.get(admin, child).gateway()).isEmpty();
  }

  @Test
  void gateway_must_be_a_gateway_of_the_same_tenant() {
    Device plain = platform.aDevice(acme).withId("plain").register().device();
    Device foreign =
        platform.aDevice(rival).ofType("gw").withId("g1").asGateway().register().device();

    assertProblem(
        Problem.Code.INVALID, () -> platform.aDevice(acme).withId("c1").behind(plain).register());
    assertProblem(
        Problem.Code.INVALID, () -> platform.aDevice(acme).withId("c1").behind(foreign).register());
  }

  @Test
  void every_change_is_recorded_with_its_actor() {
    platform.aDevice(acme).register();
    registry.setEnabled(admin, P1, false);
    registry.setEnabled(admin, P1, true);
    registry.delete(admin, P1);

    assertThat(actions())
        .containsSubsequence(
            "type.create pump",
            "device.create pump/p1",
            "device.disable pump/p1",
            "device.enable pump/p1",
            "device.delete pump/p1");
    assertThat(platform.auditOf(acme).getLast().entry().actor()).isEqualTo(admin.auditName());
  }

  @Test
  void change_that_can_not_be_stored_leaves_everything_as_it_was() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    RecordingConnection connection = connect(pump);
    // The login's record is written in the background; the fault below is not meant for it.
    await().untilAsserted(() -> assertThat(actions()).contains("login.succeeded device:pump/p1"));
    int records = platform.auditOf(acme).size();
    platform.transactions.failNext(Problem.Code.STORAGE_FULL);

    assertProblem(Problem.Code.STORAGE_FULL, () -> registry.delete(admin, P1));

    assertThat(registry.get(admin, P1)).isEqualTo(pump.device());
    assertThat(platform.auditOf(acme)).hasSize(records);
    assertThat(connection.closed()).isFalse();
  }

  @Test
  void listeners_are_told_inside_and_after_the_change_and_one_fault_spares_the_others() {
    List<String> told = new ArrayList<>();
    platform.deviceRevocations.add(
        new DeviceRevocationListener() {
          @Override
          public void revoking(Device device, Cause cause) {
            told.add("revoking " + device.key().id() + " " + cause);
          }

          @Override
          public void revoked(Device device, Cause cause) {
            throw new IllegalStateException("this one fails");
          }
        });
    platform.deviceRevocations.add(
        new DeviceRevocationListener() {
          @Override
          public void revoking(Device device, Cause cause) {}

          @Override
          public void revoked(Device device, Cause cause) {
            told.add("revoked " + device.key().id() + " " + cause);
          }
        });
    platform.aDevice(acme).register();

    registry.delete(admin, P1);

    assertThat(told).containsExactly("revoking p1 DELETED", "revoked p1 DELETED");
  }

  @Test
  void restoring_a_backup_gives_back_nothing_that_was_taken_away() {
    RegisteredDevice deleted = platform.aDevice(acme).withId("gone").register();
    RegisteredDevice disabled = platform.aDevice(acme).withId("off").register();
    RegisteredDevice replaced = platform.aDevice(acme).withId("stolen").register();
    RegisteredDevice onAgain = platform.aDevice(acme).withId("on").register();
    List<RevocationJournal.Entry> since = new ArrayList<>();
    for (RegisteredDevice device : List.of(deleted, disabled, replaced, onAgain)) {
      List<String> ids =
          List.of(
              "acme01",
              "pump",
              device.device().key().id().value(),
              Long.toString(device.device().number()));
      switch (device.device().key().id().value()) {
        case "gone" -> since.add(entry(Kind.DEVICE_DELETED, ids));
        case "off" -> since.add(entry(Kind.DEVICE_DISABLED, ids));
        case "stolen" -> since.add(entry(Kind.DEVICE_TOKEN_REPLACED, ids));
        default -> {
          since.add(entry(Kind.DEVICE_DISABLED, ids));
          since.add(entry(Kind.DEVICE_ENABLED, ids));
        }
      }
    }
    since.forEach(
        entry -> platform.journal.record(entry.kind(), entry.ids().toArray(String[]::new)));

    int applied =
        platform.revocationReplay().replay(Optional.of(JournalPosition.START), Instant.EPOCH);

    assertThat(applied).isEqualTo(3);
    assertThat(platform.deviceStore.find(deleted.device().key())).isEmpty();
    assertThatThrownBy(() -> platform.logIn(disabled)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> platform.logIn(replaced)).isInstanceOf(AssertionError.class);
    assertThat(platform.logIn(onAgain).key()).isEqualTo(onAgain.device().key());
  }

  private RevocationJournal.Entry entry(Kind kind, List<String> ids) {
    return new RevocationJournal.Entry(platform.clock.instant(), kind, ids);
  }

  @Test
  void replay_spares_a_device_registered_anew_under_the_name_of_a_deleted_one() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    platform.journal.record(
        Kind.DEVICE_DELETED, "acme01", "pump", "p1", Long.toString(pump.device().number() + 1));

    assertThat(
            platform.revocationReplay().replay(Optional.of(JournalPosition.START), Instant.EPOCH))
        .isZero();
    assertThat(platform.deviceStore.find(P1)).isPresent();
  }

  /** A backup that began while the token was being replaced may hold the new one already. */
  @Test
  void replay_spares_a_token_that_is_newer_than_the_replaced_one() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    RegisteredDevice renewed =
        platform.registry.replaceToken(PlatformFixture.anAdministrator(acme), P1, Optional.empty());

    platform.revocationReplay().replay(Optional.of(JournalPosition.START), Instant.EPOCH);

    assertThat(platform.logIn(renewed).deviceNumber()).isEqualTo(pump.device().number());
  }

  @Test
  void without_a_position_entries_a_little_older_than_the_backup_count() {
    platform.aDevice(acme).register();
    long number = platform.deviceStore.find(P1).orElseThrow().number();
    platform.journal.record(Kind.DEVICE_DELETED, "acme01", "pump", "p1", Long.toString(number));

    Instant begun = platform.clock.instant().plus(RevocationReplay.MARGIN);
    assertThat(platform.revocationReplay().replay(Optional.empty(), begun.plusSeconds(1))).isZero();
    assertThat(platform.revocationReplay().replay(Optional.empty(), begun)).isEqualTo(1);
  }

  @Test
  void journal_ends_with_what_was_committed_last_however_many_switch_at_once() throws Exception {
    platform.aDevice(acme).register();
    try (ExecutorService switches = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 200; round++) {
        Future<?> on =
            switches.submit(() ->
                platform.registry.setEnabled(PlatformFixture.anAdministrator(acme), P1, true));
        Future<?> off =
            switches.submit(() ->
                platform.registry.setEnabled(PlatformFixture.anAdministrator(acme), P1, false));
        on.get();
        off.get();

        boolean enabled = platform.deviceStore.find(P1).orElseThrow().enabled();
        assertThat(platform.journal.since(Instant.EPOCH).getLast().kind())
            .isEqualTo(enabled ? Kind.DEVICE_ENABLED : Kind.DEVICE_DISABLED);
      }
    }
  }
}
