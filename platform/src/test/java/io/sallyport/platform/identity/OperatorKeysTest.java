package io.sallyport.platform.identity;

import static io.sallyport.platform.testing.PlatformFixture.aSource;
import static io.sallyport.platform.testing.PlatformFixture.anAdministrator;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.PlatformFixture;
import io.sallyport.platform.testing.RecordingConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperatorKeysTest {
  private final PlatformFixture platform = new PlatformFixture();
  private final OperatorKeys keys = platform.operatorKeys;
  private final IssuedOperatorKey first = keys.createFirst().orElseThrow();

  @AfterEach
  void close() {
    platform.close();
  }

  private Authentication logIn(IssuedOperatorKey key, LoginSource source) {
    return platform.keyAuthenticator.authenticate(key.key().key(), key.token(), source);
  }

  private Principal operator() {
    return ((Authentication.Granted) logIn(first, aSource())).principal();
  }

  @Test
  void first_key_is_made_once() {
    assertThat(keys.createFirst()).isEmpty();
    assertThat(platform.operatorKeyStore.list()).hasSize(1);
  }

  @Test
  void operator_logs_in_and_its_versions_hold() {
    assertThat(logIn(first, aSource()))
        .isInstanceOfSatisfying(
            Authentication.Granted.class,
            granted -> {
              assertThat(granted.principal()).isEqualTo(new Principal.Operator(first.key().key()));
              assertThat(platform.keyAuthenticator.currentVersions(granted.principal()))
                  .isEqualTo(granted.versions());
            });
  }

  @Test
  void wrong_token_and_unknown_key_are_refused_at_the_same_cost() {
    assertThat(
            platform.keyAuthenticator.authenticate(
                first.key().key(), Secret.of("wrong"), aSource()))
        .isInstanceOf(Authentication.Rejected.class);
    assertThat(
            platform.keyAuthenticator.authenticate("o-0000000000", Secret.of("wrong"), aSource()))
        .isInstanceOf(Authentication.Rejected.class);
    assertThat(platform.hashQueue.takenCount()).isEqualTo(2);
  }

  @Test
  void operator_logs_in_without_tls_on_the_host_itself_only() {
    LoginSource loopback =
        new LoginSource(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9), "http", false);
    LoginSource outside =
        new LoginSource(
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 9), "http", false);

    assertThat(logIn(first, loopback)).isInstanceOf(Authentication.Granted.class);
    assertThat(logIn(first, outside)).isInstanceOf(Authentication.Rejected.class);
  }

  @Test
  void deleted_key_is_refused_and_its_connections_end() {
    IssuedOperatorKey second = keys.create(operator());
    RecordingConnection connection =
        new RecordingConnection(new Principal.Operator(second.key().key()));
    platform.connections.register(connection);

    keys.delete(operator(), second.key().key());

    assertThat(connection.closed()).isTrue();
    assertThat(logIn(second, aSource())).isInstanceOf(Authentication.Rejected.class);
    assertThat(platform.keyAuthenticator.currentVersions(connection.principal()))
        .isEqualTo(new CredentialVersions(-1, -1, -1));
  }

  @Test
  void last_key_can_not_be_deleted() {
    assertThatThrownBy(() -> keys.delete(operator(), first.key().key()))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("CONFLICT");
  }

  @Test
  void nobody_else_deals_with_operator_keys() {
    Tenant acme = platform.aTenant("acme01");
    Principal admin = anAdministrator(acme);

    assertThatThrownBy(() -> keys.create(admin)).isInstanceOf(AccessDeniedProblem.class);
    assertThatThrownBy(() -> keys.list(admin)).isInstanceOf(AccessDeniedProblem.class);
    assertThatThrownBy(() -> keys.delete(admin, first.key().key()))
        .isInstanceOf(AccessDeniedProblem.class);
  }

  @Test
  void guesses_at_an_operator_are_throttled_unhashed_and_do_not_shut_the_operator_out() {
    for (int i = 0; i < 10; i++) {
      platform.keyAuthenticator.authenticate(first.key().key(), Secret.of("wrong"), aSource());
    }
    long hashed = platform.hashQueue.takenCount();

    assertThat(
            platform.keyAuthenticator.authenticate(
                first.key().key(), Secret.of("wrong"), aSource()))
        .isInstanceOfSatisfying(
            Authentication.Rejected.class, rejected -> assertThat(rejected.tryLater()).isTrue());
    assertThat(platform.hashQueue.takenCount()).isEqualTo(hashed);
    assertThat(logIn(first, aSource())).isInstanceOf(Authentication.Granted.class);
  }

  @Test
  void making_a_key_is_recorded_in_the_installations_chain_without_its_token() {
    assertThat(platform.auditStore.all(Optional.empty()).toString())
        .contains("operator-key.create")
        .doesNotContain(first.token().revealText());
  }
}
