package io.sallyport.platform.identity;

import static io.sallyport.platform.testing.PlatformFixture.OPERATOR;
import static io.sallyport.platform.testing.PlatformFixture.aSource;
import static io.sallyport.platform.testing.PlatformFixture.anAdministrator;
import static io.sallyport.platform.testing.PlatformFixture.anApplication;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RevocationJournal.Kind;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.platform.testing.RecordingConnection;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditedApiKeysTest {
  private final PlatformFixture platform = new PlatformFixture();
  private final Tenant acme = platform.aTenant("acme01");
  private final Tenant rival = platform.aTenant("rival1");
  private final ApiKeys apiKeys = platform.apiKeys;
  private final Principal admin = anAdministrator(acme);

  @AfterEach
  void close() {
    platform.close();
  }

  private IssuedApiKey create(Principal actor, Role... roles) {
    return apiKeys.create(
        actor, acme.id(), Optional.empty(), Optional.empty(), ids(roles), "comment");
  }

  private static Set<String> ids(Role... roles) {
    return Arrays.stream(roles).map(Role::id).collect(Collectors.toSet());
  }

  private Authentication logIn(String key, Secret token) {
    return platform.keyAuthenticator.authenticate(key, token, aSource());
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
  void new_key_logs_in_with_the_permissions_of_its_roles() {
    IssuedApiKey key = create(admin, Role.READER, Role.DATA_PROCESSOR);

    assertThat(logIn(key.key().key(), key.token()))
        .isInstanceOfSatisfying(
            Authentication.Granted.class,
            granted ->
                assertThat(granted.principal())
                    .isEqualTo(
                        new Principal.Application(
                            acme.id(),
                            acme.number(),
                            key.key().key(),
                            Set.of(
                                Permission.TENANT_READ,
                                Permission.DEVICE_READ,
                                Permission.EVENT_READ,
                                Permission.COMMAND_SEND))));
  }

  @Test
  void stored_key_holds_no_token() {
    IssuedApiKey key = create(admin, Role.READER);

    ApiKey stored = platform.apiKeyStore.find(key.key().key()).orElseThrow();
    assertThat(stored.token().text()).doesNotContain(key.token().revealText());
    assertThat(platform.auditOf(acme).toString()).doesNotContain(key.token().revealText());
  }

  @Test
  void chosen_key_and_token_are_kept() {
    IssuedApiKey key =
        apiKeys.create(
            admin,
            acme.id(),
            Optional.of("a-acme01-ABCdef1234"),
            Optional.of(Secret.of("my-own-token")),
            ids(Role.READER),
            "");

    assertThat(key.key().token().scheme()).isEqualTo("argon2id");
    assertThat(logIn("a-acme01-ABCdef1234", Secret.of("my-own-token")))
        .isInstanceOf(Authentication.Granted.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a-rival1-abcdefghij",
        "a-acme01-short",
        "a-acme01-abc/efghij",
        "b-acme01-abcdefghij",
        ""
      })
  void chosen_key_of_another_form_or_tenant_is_invalid(String key) {
    assertProblem(
        Problem.Code.INVALID,
        () ->
            apiKeys.create(
                admin, acme.id(), Optional.of(key), Optional.empty(), ids(Role.READER), ""));
  }

  @Test
  void unknown_role_and_no_role_are_invalid() {
    assertProblem(
        Problem.Code.INVALID,
        () ->
            apiKeys.create(
                admin, acme.id(), Optional.empty(), Optional.empty(), Set.of("king"), ""));
    assertProblem(Problem.Code.INVALID, () -> create(admin));
  }

  @Test
  void nobody_grants_what_he_does_not_hold() {
    Principal manager =
        anApplication(
            acme, Permission.API_KEY_MANAGE, Permission.DEVICE_READ, Permission.EVENT_READ);

    assertThat(create(manager, Role.READER).key().roles()).containsExactly("reader");
    assertDenied(() -> create(manager, Role.WRITER));
    assertDenied(() -> create(manager, Role.ADMINISTRATOR));
  }

  @Test
  void nobody_raises_a_key_beyond_himself() {
    Principal manager =
        anApplication(
            acme, Permission.API_KEY_MANAGE, Permission.DEVICE_READ, Permission.EVENT_READ);
    String reader = create(admin, Role.READER).key().key();
    String writer = create(admin, Role.WRITER).key().key();

    assertDenied(() -> apiKeys.changeRoles(manager, acme.id(), reader, ids(Role.WRITER)));
    assertDenied(() -> apiKeys.changeRoles(manager, acme.id(), writer, ids(Role.READER)));
    assertDenied(() -> apiKeys.setEnabled(manager, acme.id(), writer, true));
    assertDenied(() -> apiKeys.setEnabled(manager, acme.id(), writer, false));
    assertDenied(() -> apiKeys.delete(manager, acme.id(), writer));
    assertThat(platform.apiKeyStore.find(writer).orElseThrow().version()).isEqualTo(1);
  }

  @Test
  void operator_makes_a_tenants_key_and_the_tenants_chain_tells() {
    IssuedApiKey key = create(OPERATOR, Role.ADMINISTRATOR);

    assertThat(platform.auditOf(acme))
        .extracting(AuditRecord::entry)
        .anySatisfy(entry -> {
          assertThat(entry.actor()).isEqualTo(OPERATOR.auditName());
          assertThat(entry.action()).isEqualTo("api-key.create");
          assertThat(entry.target()).isEqualTo("key:" + key.key().key());
        });
  }

  /** THREATS T45: an operator helps a tenant in, but does not let himself in. */
  @Test
  void operator_makes_no_key_where_the_tenant_can_manage_its_own() {
    String administrator = create(admin, Role.ADMINISTRATOR).key().key();

    assertDenied(() -> create(OPERATOR, Role.ADMINISTRATOR));
    assertDenied(() -> create(OPERATOR, Role.READER));

    apiKeys.setEnabled(admin, acme.id(), administrator, false);
    assertThat(create(OPERATOR, Role.ADMINISTRATOR).key().enabled()).isTrue();
  }

  @Test
  void operator_can_neither_read_nor_change_a_tenants_keys() {
    String key = create(admin, Role.READER).key().key();

    assertDenied(() -> apiKeys.get(OPERATOR, acme.id(), key));
    assertDenied(() -> apiKeys.list(OPERATOR, acme.id(), PageRequest.first(10)));
    assertDenied(() -> apiKeys.changeRoles(OPERATOR, acme.id(), key, ids(Role.READER)));
    assertDenied(() -> apiKeys.setEnabled(OPERATOR, acme.id(), key, false));
    assertDenied(() -> apiKeys.delete(OPERATOR, acme.id(), key));
  }

  @Test
  void nothing_works_without_its_permission() {
    String key = create(admin, Role.READER).key().key();
    Principal reading = anApplication(acme, Permission.API_KEY_READ);
    Principal managing = anApplication(acme, Permission.API_KEY_MANAGE);

    assertDenied(() -> create(reading, Role.READER));
    assertDenied(() -> apiKeys.changeRoles(reading, acme.id(), key, ids(Role.READER)));
    assertDenied(() -> apiKeys.setEnabled(reading, acme.id(), key, false));
    assertDenied(() -> apiKeys.delete(reading, acme.id(), key));
    assertDenied(() -> apiKeys.get(managing, acme.id(), key));
    assertDenied(() -> apiKeys.list(managing, acme.id(), PageRequest.first(10)));
  }

  @Test
  void nothing_works_across_tenants() {
    String key = create(admin, Role.READER).key().key();
    Principal stranger = anAdministrator(rival);

    assertDenied(() -> create(stranger, Role.READER));
    assertDenied(() -> apiKeys.get(stranger, acme.id(), key));
    assertDenied(() -> apiKeys.delete(stranger, acme.id(), key));
    assertProblem(Problem.Code.NOT_FOUND, () -> apiKeys.get(stranger, rival.id(), key));
    assertProblem(Problem.Code.NOT_FOUND, () -> apiKeys.delete(stranger, rival.id(), key));
  }

  @Test
  void change_of_roles_ends_the_keys_connections_and_takes_effect() {
    IssuedApiKey key = create(admin, Role.STANDARD_APPLICATION);
    RecordingConnection connection = connect(key);

    apiKeys.changeRoles(admin, acme.id(), key.key().key(), ids(Role.READER));

    assertThat(connection.closed()).isTrue();
    assertThat(logIn(key.key().key(), key.token()))
        .isInstanceOfSatisfying(
            Authentication.Granted.class,
            granted ->
                assertThat(((Principal.Application) granted.principal()).permissions())
                    .isEqualTo(Role.READER.permissions()));
  }

  private RecordingConnection connect(IssuedApiKey key) {
    Authentication.Granted granted = (Authentication.Granted) logIn(key.key().key(), key.token());
    RecordingConnection connection = new RecordingConnection(granted.principal());
    platform.connections.register(connection);
    return connection;
  }

  @Test
  void disabled_key_is_refused_closed_and_journaled() {
    IssuedApiKey key = create(admin, Role.READER);
    RecordingConnection connection = connect(key);
    RecordingConnection other = connect(create(admin, Role.READER));

    apiKeys.setEnabled(admin, acme.id(), key.key().key(), false);

    assertThat(connection.closed()).isTrue();
    assertThat(other.closed()).isFalse();
    assertThat(logIn(key.key().key(), key.token())).isInstanceOf(Authentication.Rejected.class);
    assertThat(platform.journal.since(Instant.EPOCH))
        .anySatisfy(entry -> {
          assertThat(entry.kind()).isEqualTo(Kind.API_KEY_DISABLED);
          assertThat(entry.ids())
              .containsExactly(
                  "acme01", key.key().key(), Long.toString(key.key().created().toEpochMilli()));
        });
    apiKeys.setEnabled(admin, acme.id(), key.key().key(), true);
    assertThat(logIn(key.key().key(), key.token())).isInstanceOf(Authentication.Granted.class);
  }

  @Test
  void deleted_key_is_refused_closed_and_its_versions_are_gone() {
    IssuedApiKey key = create(admin, Role.READER);
    RecordingConnection connection = connect(key);

    apiKeys.delete(admin, acme.id(), key.key().key());

    assertThat(connection.closed()).isTrue();
    assertThat(logIn(key.key().key(), key.token())).isInstanceOf(Authentication.Rejected.class);
    assertThat(platform.keyAuthenticator.currentVersions(connection.principal()))
        .isEqualTo(new CredentialVersions(-1, -1, -1));
  }

  @Test
  void key_revoked_between_login_and_registration_is_seen_by_its_versions() {
    IssuedApiKey key = create(admin, Role.READER);
    Authentication.Granted granted = (Authentication.Granted) logIn(key.key().key(), key.token());
    assertThat(platform.keyAuthenticator.currentVersions(granted.principal()))
        .isEqualTo(granted.versions());

    apiKeys.setEnabled(admin, acme.id(), key.key().key(), false);

    assertThat(platform.keyAuthenticator.currentVersions(granted.principal()))
        .isNotEqualTo(granted.versions());
  }

  @Test
  void key_that_names_another_tenant_than_its_own_is_refused() {
    IssuedApiKey key = create(admin, Role.READER);
    String renamed = key.key().key().replace("acme01", "rival1");

    assertThat(logIn(renamed, key.token())).isInstanceOf(Authentication.Rejected.class);
  }

  @Test
  void name_that_matches_nobody_is_recorded_as_a_pseudonym() {
    logIn("my-secret-password", Secret.of("x"));
    platform.audit.close();

    assertThat(platform.auditStore.all(Optional.empty()).toString())
        .contains("login.failed")
        .doesNotContain("my-secret-password");
  }

  @Test
  void failing_audit_undoes_the_change() {
    IssuedApiKey key = create(admin, Role.READER);
    platform.transactions.failNext(Problem.Code.STORAGE_FULL);

    assertProblem(
        Problem.Code.STORAGE_FULL, () -> apiKeys.delete(admin, acme.id(), key.key().key()));

    assertThat(logIn(key.key().key(), key.token())).isInstanceOf(Authentication.Granted.class);
  }

  @Test
  void key_for_a_tenant_that_does_not_exist_is_not_found() {
    assertProblem(
        Problem.Code.NOT_FOUND,
        () ->
            apiKeys.create(
                OPERATOR,
                new TenantId("ghost0"),
                Optional.empty(),
                Optional.empty(),
                ids(Role.READER),
                ""));
  }
}
