package io.sallyport.platform.device;

import static io.sallyport.platform.testing.PlatformFixture.OPERATOR;
import static io.sallyport.platform.testing.PlatformFixture.anAdministrator;
import static io.sallyport.platform.testing.PlatformFixture.anApplication;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.base.JournalPosition;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RevocationJournal.Kind;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.AccessDeniedProblem;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.platform.testing.RecordingConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredTenantsTest {
  private final PlatformFixture platform = new PlatformFixture();
  private final Tenant acme = platform.aTenant("acme01");
  private final Tenants tenants = platform.tenants;
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

  @Test
  void new_tenant_has_a_key_and_the_safe_settings() {
    Tenant made = tenants.create(OPERATOR, Optional.empty(), "Made up");

    assertThat(made.settings()).isEqualTo(TenantSettings.DEFAULT);
    assertThat(made.settings().plainTransportAllowed()).isFalse();
    assertThatCode(() -> platform.tenantKeys.writer(made.number())).doesNotThrowAnyException();
    assertThat(platform.auditOf(made))
        .extracting(record -> record.entry().action())
        .containsExactly("tenant.create");
  }

  @Test
  void only_operators_make_list_suspend_resume_and_delete() {
    assertDenied(() -> tenants.create(admin, Optional.empty(), "x"));
    assertDenied(() -> tenants.list(admin, PageRequest.first(10)));
    assertDenied(() -> tenants.suspend(admin, acme.id()));
    assertDenied(() -> tenants.resume(admin, acme.id()));
    assertDenied(() -> tenants.delete(admin, acme.id()));
  }

  @Test
  void tenants_administrator_reads_and_changes_his_own_tenant_only() {
    Tenant rival = platform.aTenant("rival1");

    assertThat(tenants.rename(admin, acme.id(), "New name").name()).isEqualTo("New name");
    assertThat(tenants.get(admin, acme.id()).name()).isEqualTo("New name");
    assertDenied(() -> tenants.get(admin, rival.id()));
    assertDenied(() -> tenants.get(admin, new TenantId("ghost0")));
    assertDenied(() -> tenants.rename(admin, rival.id(), "x"));
    assertDenied(() -> tenants.changeSettings(admin, rival.id(), TenantSettings.DEFAULT));
  }

  @Test
  void reading_and_managing_are_permissions_apart() {
    Principal reader = anApplication(acme, Permission.TENANT_READ);
    Principal manager = anApplication(acme, Permission.TENANT_MANAGE);

    assertDenied(() -> tenants.rename(reader, acme.id(), "x"));
    assertDenied(() -> tenants.changeSettings(reader, acme.id(), TenantSettings.DEFAULT));
    assertDenied(() -> tenants.get(manager, acme.id()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "a\nb"})
  void name_without_content_or_with_controls_is_invalid(String name) {
    assertProblem(Problem.Code.INVALID, () -> tenants.rename(OPERATOR, acme.id(), name));
    assertProblem(Problem.Code.INVALID, () -> tenants.create(OPERATOR, Optional.empty(), name));
  }

  @Test
  void suspending_ends_the_tenants_connections_and_no_others() {
    Tenant rival = platform.aTenant("rival1");
    RecordingConnection device =
        new RecordingConnection(platform.logIn(platform.aDevice(acme).register()));
    RecordingConnection application = new RecordingConnection(admin);
    RecordingConnection foreign = new RecordingConnection(anAdministrator(rival));
    List.of(device, application, foreign).forEach(platform.connections::register);

    Tenant suspended = tenants.suspend(OPERATOR, acme.id());

    assertThat(suspended.status()).isEqualTo(TenantStatus.SUSPENDED);
    assertThat(device.closed()).isTrue();
    assertThat(application.closed()).isTrue();
    assertThat(foreign.closed()).isFalse();
    assertThat(tenants.resume(OPERATOR, acme.id()).status()).isEqualTo(TenantStatus.ACTIVE);
  }

  /** THREATS T17: the tenant opts in, nobody else. */
  @Test
  void operator_does_not_open_plain_transport_for_a_tenant() {
    TenantSettings open = acme.settings();
    tenants.changeSettings(admin, acme.id(), TenantSettings.DEFAULT);

    assertThat(open.plainTransportAllowed()).isTrue();
    assertDenied(() -> tenants.changeSettings(OPERATOR, acme.id(), open));
  }

  @Test
  void withdrawing_plain_transport_ends_the_tenants_connections() {
    RecordingConnection application = new RecordingConnection(admin);
    platform.connections.register(application);

    tenants.changeSettings(admin, acme.id(), TenantSettings.DEFAULT);

    assertThat(application.closed()).isTrue();
  }

  @Test
  void deleted_tenant_loses_its_keys_first_then_everything_but_its_audit_chain() {
    platform.aDevice(acme).register();
    String apiKey = platform.anApiKey(acme, Role.READER).key().key();
    RecordingConnection connection = new RecordingConnection(admin);
    platform.connections.register(connection);
    List<String> told = new ArrayList<>();
    platform.tenants.add(gone -> {
      assertThatThrownBy(() -> platform.tenantKeys.writer(gone.number()))
          .isInstanceOf(ProblemException.class);
      told.add(gone.id().value());
    });

    tenants.delete(OPERATOR, acme.id());

    assertThat(told).containsExactly("acme01");
    assertThat(connection.closed()).isTrue();
    assertThat(platform.tenantStore.find(acme.id())).isEmpty();
    assertThat(platform.apiKeyStore.find(apiKey)).isEmpty();
    assertThat(platform.deviceStore.count(acme.id(), DeviceQuery.ALL)).isZero();
    assertThat(platform.auditOf(acme))
        .extracting(AuditRecord::entry)
        .extracting(entry -> entry.action())
        .endsWith("tenant.suspend", "tenant.delete");
    assertThat(platform.journal.since(Instant.EPOCH))
        .extracting(entry -> entry.kind())
        .contains(Kind.TENANT_DELETED);
  }

  @Test
  void id_of_a_deleted_tenant_is_not_given_again() {
    tenants.delete(OPERATOR, acme.id());

    assertProblem(
        Problem.Code.ALREADY_EXISTS,
        () -> tenants.create(OPERATOR, Optional.of(acme.id()), "Acme again"));
  }

  @Test
  void restored_backup_does_not_bring_a_deleted_tenant_back() {
    platform.journal.record(Kind.TENANT_DELETED, "acme01", Integer.toString(acme.number()));

    assertThat(
            platform.revocationReplay().replay(Optional.of(JournalPosition.START), Instant.EPOCH))
        .isEqualTo(1);

    assertThat(platform.tenantStore.find(acme.id())).isEmpty();
    assertThatThrownBy(() -> platform.tenantKeys.writer(acme.number()))
        .isInstanceOf(ProblemException.class);
  }

  @Test
  void id_of_a_tenant_made_and_deleted_after_the_backup_is_not_given_again() {
    platform.journal.record(Kind.TENANT_DELETED, "brief1", "4711");

    assertThat(
            platform.revocationReplay().replay(Optional.of(JournalPosition.START), Instant.EPOCH))
        .isEqualTo(1);

    assertProblem(
        Problem.Code.ALREADY_EXISTS,
        () -> tenants.create(OPERATOR, Optional.of(new TenantId("brief1")), "Brief again"));
  }

  @Test
  void restored_backup_does_not_bring_keys_back() {
    String deleted = platform.anApiKey(acme, Role.READER).key().key();
    String disabled = platform.anApiKey(acme, Role.READER).key().key();
    String lessened = platform.anApiKey(acme, Role.ADMINISTRATOR).key().key();
    platform.journal.record(Kind.API_KEY_DELETED, "acme01", deleted);
    platform.journal.record(Kind.API_KEY_DISABLED, "acme01", disabled);
    platform.journal.record(Kind.API_KEY_ROLES_CHANGED, "acme01", lessened);

    assertThat(
            platform.revocationReplay().replay(Optional.of(JournalPosition.START), Instant.EPOCH))
        .isEqualTo(3);

    assertThat(platform.apiKeyStore.find(deleted)).isEmpty();
    assertThat(platform.apiKeyStore.find(disabled).orElseThrow().enabled()).isFalse();
    assertThat(platform.apiKeyStore.find(lessened).orElseThrow().enabled()).isFalse();
  }

  @Test
  void replay_spares_a_key_made_anew_under_the_name_of_a_deleted_one() {
    ApiKey key = platform.anApiKey(acme, Role.READER).key();
    long earlier = key.created().toEpochMilli() - 1;
    platform.journal.record(Kind.API_KEY_DELETED, "acme01", key.key(), Long.toString(earlier));

    assertThat(
            platform.revocationReplay().replay(Optional.of(JournalPosition.START), Instant.EPOCH))
        .isZero();
    assertThat(platform.apiKeyStore.find(key.key())).isPresent();
  }
}
