package io.sallyport.platform.space;

import static io.sallyport.platform.base.Problems.assertProblem;
import static io.sallyport.platform.testing.PlatformFixture.OPERATOR;
import static io.sallyport.platform.testing.PlatformFixture.aSource;
import static io.sallyport.platform.testing.PlatformFixture.anAdministrator;
import static io.sallyport.platform.testing.PlatformFixture.anApplication;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.identity.AccessDeniedProblem;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.IssuedApiKey;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.space.PlainSpace.Acknowledge;
import io.sallyport.platform.space.PlainSpace.DeniedPublish;
import io.sallyport.platform.space.PlainSpaces.NewCredential;
import io.sallyport.platform.space.PlainSpaces.Password;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.platform.testing.RecordingConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoredPlainSpacesTest {
  private static final Secret PASSWORD = Secret.of("a good password");

  private final PlatformFixture platform = new PlatformFixture();
  private final Tenant acme = platform.aTenant("acme01");
  private final Tenant rival = platform.aTenant("rival1");
  private final StoredPlainSpaces spaces = platform.plainSpaces;
  private final Principal admin = anAdministrator(acme);
  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void aSpace() {
    spaces.createSpace(admin, acme.id(), "plain", Acknowledge.DURABLE, DeniedPublish.DROP);
    spaces.add(
        new PlainSpaceListener() {
          @Override
          public void spaceChanged(PlainSpace space) {
            told.add("space changed " + space.name());
          }

          @Override
          public void spaceDeleted(PlainSpace space) {
            told.add("space deleted " + space.name());
          }

          @Override
          public void credentialChanged(PlainCredential credential) {
            told.add("credential changed " + credential.name());
          }

          @Override
          public void credentialDeleted(PlainCredential credential) {
            told.add("credential deleted " + credential.name());
          }

          @Override
          public void bridgesChanged() {
            told.add("bridges");
          }
        });
  }

  @AfterEach
  void close() {
    platform.close();
  }

  private PlainCredential create(String name, String... rules) {
    return create(name, new Password.Chosen(PASSWORD), rules).credential();
  }

  private IssuedPlainCredential create(String name, Password password, String... rules) {
    return spaces.createCredential(
        admin,
        acme.id(),
        "plain",
        new NewCredential(
            name,
            password,
            Optional.empty(),
            List.of(rules).stream().map(AccessRule::parse).toList(),
            PlainLimits.DEFAULT));
  }

  private Authentication logIn(String name, Secret password) {
    return platform.plainAuthenticator.authenticate(
        Optional.of(acme.id()), name, password, aSource());
  }

  private RecordingConnection connected(PlainCredential credential) {
    RecordingConnection connection =
        new RecordingConnection(
            new Principal.PlainClient(
                acme.id(),
                acme.number(),
                credential.space(),
                credential.spaceNumber(),
                credential.name(),
                credential.number()));
    platform.connections.register(connection);
    return connection;
  }

  @Test
  void a_credential_logs_in_with_its_password_and_holds_no_permission() {
    PlainCredential tester = create("tester", "allow both #");

    assertThat(logIn("tester", PASSWORD))
        .isInstanceOfSatisfying(
            Authentication.Granted.class,
            granted -> {
              assertThat(granted.principal())
                  .isEqualTo(
                      new Principal.PlainClient(
                          acme.id(),
                          acme.number(),
                          "plain",
                          tester.spaceNumber(),
                          "tester",
                          tester.number()));
              for (Permission permission : EnumSet.allOf(Permission.class)) {
                assertThat(platform.policy.allows(granted.principal(), permission, acme.id()))
                    .as(permission.text())
                    .isFalse();
              }
            });
    assertThat(tester.clientIds()).isEqualTo(new ClientIdRule.Prefix("tester-"));
  }

  @Test
  void wrong_unknown_disabled_and_foreign_are_refused() {
    create("tester");
    create("sleeper");
    spaces.setEnabled(admin, acme.id(), "plain", "sleeper", false);

    assertThat(logIn("tester", Secret.of("wrong"))).isInstanceOf(Authentication.Rejected.class);
    assertThat(logIn("nobody", PASSWORD)).isInstanceOf(Authentication.Rejected.class);
    assertThat(logIn("sleeper", PASSWORD)).isInstanceOf(Authentication.Rejected.class);
    assertThat(
            platform.plainAuthenticator.authenticate(
                Optional.of(rival.id()), "tester", PASSWORD, aSource()))
        .isInstanceOf(Authentication.Rejected.class);
    assertThat(
            platform.plainAuthenticator.authenticate(
                Optional.empty(), "tester", PASSWORD, aSource()))
        .isInstanceOf(Authentication.Rejected.class);
  }

  @Test
  void a_credential_without_password_is_opened_by_its_listener_only() {
    create("keyless", new Password.None(), "allow both #");

    assertThat(logIn("keyless", Secret.of(""))).isInstanceOf(Authentication.Rejected.class);
    assertThat(
            platform.plainAuthenticator.authenticateByListener(
                new ListenerIdentity(acme.id(), "plain", "keyless"), aSource()))
        .isInstanceOf(Authentication.Granted.class);
    assertThat(
            platform.plainAuthenticator.authenticateByListener(
                new ListenerIdentity(acme.id(), "another", "keyless"), aSource()))
        .isInstanceOf(Authentication.Rejected.class);
    spaces.setEnabled(admin, acme.id(), "plain", "keyless", false);
    assertThat(
            platform.plainAuthenticator.authenticateByListener(
                new ListenerIdentity(acme.id(), "plain", "keyless"), aSource()))
        .isInstanceOf(Authentication.Rejected.class);
  }

  @Test
  void a_made_password_is_told_once_and_stored_nowhere() {
    IssuedPlainCredential issued = create("maker", new Password.Made());

    Secret made = issued.password().orElseThrow();
    assertThat(logIn("maker", made)).isInstanceOf(Authentication.Granted.class);
    assertThat(platform.auditOf(acme).toString()).doesNotContain(made.revealText());
    assertThat(issued.credential().password().orElseThrow().text())
        .doesNotContain(made.revealText());
  }

  @Test
  void names_that_another_login_has_or_that_hold_separators_are_refused() {
    create("tester");

    assertProblem(Problem.Code.ALREADY_EXISTS, () -> create("tester"));
    for (String name :
        List.of(
            "a/b", "a:b", "", "+", "use-token-auth", "a-acme01-abcdefghij", ".x", "o-abcdefghij")) {
      assertProblem(Problem.Code.INVALID, () -> create(name));
    }
  }

  @Test
  void revoking_closes_what_is_open_and_other_credentials_stay() {
    PlainCredential tester = create("tester");
    PlainCredential other = create("other");
    RecordingConnection others = connected(other);

    RecordingConnection first = connected(tester);
    spaces.replacePassword(admin, acme.id(), "plain", "tester", Optional.of(Secret.of("new")));
    assertThat(first.closed()).isTrue();
    RecordingConnection second = connected(tester);
    spaces.setEnabled(admin, acme.id(), "plain", "tester", false);
    assertThat(second.closed()).isTrue();
    RecordingConnection third = connected(tester);
    spaces.deleteCredential(admin, acme.id(), "plain", "tester");
    assertThat(third.closed()).isTrue();

    assertThat(others.closed()).isFalse();
    assertThat(told)
        .containsExactly(
            "credential changed tester", "credential changed tester", "credential deleted tester");
  }

  @Test
  void a_change_of_rules_is_told_and_leaves_connections_open() {
    PlainCredential tester = create("tester", "allow both #");
    RecordingConnection connection = connected(tester);

    PlainCredential changed =
        spaces.changeRules(
            admin, acme.id(), "plain", "tester", List.of(AccessRule.parse("deny both #")));

    assertThat(connection.closed()).isFalse();
    assertThat(told).containsExactly("credential changed tester");
    assertThat(changed.version()).isEqualTo(tester.version());
    assertThat(changed.revision()).isGreaterThan(tester.revision());
  }

  @Test
  void only_who_may_manage_spaces_changes_and_only_who_may_read_reads() {
    create("tester");
    Principal reader = anApplication(acme, Permission.SPACE_READ);
    Principal none = anApplication(acme, Permission.DEVICE_MANAGE, Permission.TENANT_MANAGE);

    assertThat(spaces.getSpace(reader, acme.id(), "plain").name()).isEqualTo("plain");
    for (Principal actor : List.of(none, OPERATOR, anAdministrator(rival))) {
      assertDenied(() -> spaces.getSpace(actor, acme.id(), "plain"));
      assertDenied(() -> spaces.listCredentials(actor, acme.id(), "plain", PageRequest.first(1)));
    }
    for (Principal actor : List.of(none, OPERATOR, anAdministrator(rival), reader)) {
      assertDenied(
          () -> spaces.createSpace(actor, acme.id(), "x", Acknowledge.DURABLE, DeniedPublish.DROP));
      assertDenied(() -> spaces.deleteSpace(actor, acme.id(), "plain"));
      assertDenied(() -> spaces.deleteCredential(actor, acme.id(), "plain", "tester"));
      assertDenied(() -> spaces.changeRules(actor, acme.id(), "plain", "tester", List.of()));
      assertDenied(
          () -> spaces.replacePassword(actor, acme.id(), "plain", "tester", Optional.empty()));
      assertDenied(() -> spaces.setEnabled(actor, acme.id(), "plain", "tester", false));
      assertDenied(() -> spaces.createBridge(actor, acme.id(), "plain", plan("b")));
    }
    assertThat(platform.plainSpaceStore.findCredential(acme.id(), "tester")).isPresent();
  }

  private static void assertDenied(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(AccessDeniedProblem.class);
  }

  @Test
  void a_credential_is_not_reached_through_another_space() {
    create("tester");
    spaces.createSpace(admin, acme.id(), "second", Acknowledge.DURABLE, DeniedPublish.DROP);

    assertProblem(
        Problem.Code.NOT_FOUND, () -> spaces.getCredential(admin, acme.id(), "second", "tester"));
    assertProblem(
        Problem.Code.NOT_FOUND,
        () -> spaces.deleteCredential(admin, acme.id(), "second", "tester"));
  }

  @Test
  void changes_are_audited() {
    create("tester", "allow both #");
    spaces.changeRules(admin, acme.id(), "plain", "tester", List.of());
    spaces.deleteCredential(admin, acme.id(), "plain", "tester");
    spaces.deleteSpace(admin, acme.id(), "plain");

    assertThat(platform.auditOf(acme))
        .extracting(AuditRecord::entry)
        .extracting(entry -> entry.action() + " " + entry.target())
        .containsSubsequence(
            "space.create space:plain",
            "plain-credential.create plain:plain/tester",
            "plain-credential.rules plain:plain/tester",
            "plain-credential.delete plain:plain/tester",
            "space.delete space:plain");
  }

  private Bridge.Plan plan(String name) {
    return new Bridge.Plan(
        name,
        Bridge.Direction.TO_EVENT,
        "in/#",
        DeviceKey.of("acme01", "pump", "p1"),
        "state",
        "json");
  }

  private Principal.Application author(IssuedApiKey key) {
    if (platform.keyAuthenticator.authenticate(key.key().key(), key.token(), aSource())
        instanceof Authentication.Granted(Principal.Application application, var versions)) {
      return application;
    }
    throw new AssertionError("refused");
  }

  @Test
  void a_bridge_stands_as_long_as_its_author_holds_the_rights() {
    platform.aDevice(acme).register();
    IssuedApiKey key = platform.anApiKey(acme, Role.ADMINISTRATOR);
    BridgeRights rights =
        new BridgeRights(platform.tenantStore, platform.apiKeyStore, platform.deviceStore);

    Bridge bridge = spaces.createBridge(author(key), acme.id(), "plain", plan("b"));
    assertThat(rights.of(bridge)).isInstanceOf(BridgeRights.Standing.Runs.class);

    platform.registry.setEnabled(admin, bridge.plan().device(), false);
    assertThat(rights.of(bridge)).isInstanceOf(BridgeRights.Standing.Rests.class);
    platform.registry.setEnabled(admin, bridge.plan().device(), true);

    ApiKey changed =
        platform.apiKeys.changeRoles(
            admin, acme.id(), key.key().key(), Set.of(Role.STANDARD_APPLICATION.id()));
    assertThat(changed.roles()).doesNotContain("administrator");
    assertThat(rights.of(bridge)).isInstanceOf(BridgeRights.Standing.Lost.class);
  }

  @Test
  void a_bridge_needs_a_device_of_the_tenant_and_a_key_as_author() {
    platform.aDevice(rival).register();
    IssuedApiKey key = platform.anApiKey(acme, Role.ADMINISTRATOR);

    assertProblem(
        Problem.Code.INVALID,
        () -> spaces.createBridge(author(key), acme.id(), "plain", plan("b")));
    assertDenied(() ->
        spaces.createBridge(
            author(key),
            acme.id(),
            "plain",
            new Bridge.Plan(
                "b",
                Bridge.Direction.TO_EVENT,
                "in/#",
                DeviceKey.of("rival1", "pump", "p1"),
                "state",
                "json")));
  }

  @Test
  void a_restore_takes_again_what_was_taken_since_the_backup() {
    PlainCredential kept = create("kept");
    PlainCredential changed = create("changed");
    PlainCredential deleted = create("deleted");
    Instant backup = platform.clock.instant();
    spaces.changeRules(admin, acme.id(), "plain", "changed", List.of());
    spaces.deleteCredential(admin, acme.id(), "plain", "deleted");
    // As the backup had it, under the old number.
    PlainRevocations replay = new PlainRevocations(platform.plainSpaceStore);

    platform.journal.since(backup).forEach(replay::apply);

    assertThat(platform.plainSpaceStore.findCredential(acme.id(), kept.name()).orElseThrow())
        .matches(PlainCredential::enabled);
    assertThat(platform.plainSpaceStore.findCredential(acme.id(), changed.name()).orElseThrow())
        .matches(credential -> !credential.enabled());
    assertThat(platform.plainSpaceStore.findCredential(acme.id(), deleted.name())).isEmpty();
  }
}
