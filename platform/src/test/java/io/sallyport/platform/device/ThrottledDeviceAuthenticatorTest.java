package io.sallyport.platform.device;

import static io.sallyport.platform.testing.PlatformFixture.OPERATOR;
import static io.sallyport.platform.testing.PlatformFixture.aSource;
import static io.sallyport.platform.testing.PlatformFixture.anAdministrator;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.HashKeys;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.testing.PlatformFixture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThrottledDeviceAuthenticatorTest {
  private final PlatformFixture platform = new PlatformFixture();
  private final Tenant acme = platform.aTenant("acme01");

  @AfterEach
  void close() {
    platform.close();
  }

  private Authentication logIn(DeviceKey key, String token) {
    return logIn(key, token, aSource());
  }

  private Authentication logIn(DeviceKey key, String token, LoginSource source) {
    return platform.deviceAuthenticator.authenticateByToken(key, false, Secret.of(token), source);
  }

  private static CredentialVersions versions(Authentication result) {
    assertThat(result).isInstanceOf(Authentication.Granted.class);
    return ((Authentication.Granted) result).versions();
  }

  private static void assertRefused(Authentication result) {
    assertThat(result).isInstanceOf(Authentication.Rejected.class);
    assertThat(((Authentication.Rejected) result).tryLater()).isFalse();
  }

  private static void assertTryLater(Authentication result) {
    assertThat(result).isInstanceOf(Authentication.Rejected.class);
    assertThat(((Authentication.Rejected) result).tryLater()).isTrue();
  }

  private String ruleOf(Authentication result) {
    return platform
        .audit
        .explain(((Authentication.Rejected) result).refusal())
        .orElseThrow()
        .rule();
  }

  @Test
  void device_logs_in_with_its_generated_token() {
    RegisteredDevice pump = platform.aDevice(acme).register();

    Principal.Device principal = platform.logIn(pump);

    assertThat(principal.key()).isEqualTo(pump.device().key());
    assertThat(principal.tenantNumber()).isEqualTo(acme.number());
    assertThat(principal.deviceNumber()).isEqualTo(pump.device().number());
    assertThat(platform.hashQueue.takenCount()).isZero();
  }

  /** THREATS T44: what is remembered of a chosen token ends with the device it was for. */
  @Test
  void former_token_is_refused_after_the_device_is_registered_again_and_the_new_one_logs_in() {
    RegisteredDevice former = platform.aDevice(acme).withToken("first-token-1234").register();
    platform.logIn(former);
    platform.registry.delete(anAdministrator(acme), former.device().key());
    RegisteredDevice successor = platform.aDevice(acme).withToken("second-token-123").register();

    assertRefused(logIn(successor.device().key(), "first-token-1234"));
    assertThat(platform.logIn(successor).deviceNumber()).isEqualTo(successor.device().number());
    assertRefused(logIn(successor.device().key(), "first-token-1234"));
  }

  @Test
  void wrong_token_is_refused_and_costs_one_slow_hash() {
    RegisteredDevice pump = platform.aDevice(acme).register();

    Authentication result = logIn(pump.device().key(), "not-the-token");

    assertRefused(result);
    assertThat(ruleOf(result)).isEqualTo("login.wrong-secret");
    assertThat(platform.hashQueue.takenCount()).isEqualTo(1);
  }

  @Test
  void unknown_device_is_refused_and_costs_one_slow_hash() {
    Authentication result = logIn(DeviceKey.of("acme01", "pump", "ghost"), "whatever-token");

    assertRefused(result);
    assertThat(ruleOf(result)).isEqualTo("login.unknown");
    assertThat(platform.hashQueue.takenCount()).isEqualTo(1);
  }

  @Test
  void token_of_another_tenants_device_of_the_same_name_is_refused() {
    Tenant rival = platform.aTenant("rival1");
    RegisteredDevice ours = platform.aDevice(acme).register();
    RegisteredDevice theirs = platform.aDevice(rival).register();

    assertRefused(logIn(ours.device().key(), theirs.token().revealText()));
  }

  @Test
  void disabled_device_is_refused_with_the_right_token() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    platform.registry.setEnabled(anAdministrator(acme), pump.device().key(), false);

    Authentication result = logIn(pump.device().key(), pump.token().revealText());

    assertRefused(result);
    assertThat(ruleOf(result)).isEqualTo("login.disabled");
    assertThat(platform.hashQueue.takenCount()).isEqualTo(1);
  }

  @Test
  void device_of_a_suspended_tenant_is_refused() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    platform.tenants.suspend(OPERATOR, acme.id());

    Authentication result = logIn(pump.device().key(), pump.token().revealText());

    assertRefused(result);
    assertThat(ruleOf(result)).isEqualTo("login.tenant-suspended");
  }

  @Test
  void login_without_tls_is_refused_unless_the_tenant_allows_it() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    platform.tenants.changeSettings(OPERATOR, acme.id(), TenantSettings.DEFAULT);
    LoginSource plain =
        new LoginSource(
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 9), "mqtt", false);

    Authentication result = logIn(pump.device().key(), pump.token().revealText(), plain);

    assertRefused(result);
    assertThat(ruleOf(result)).isEqualTo("login.plain-transport");
  }

  @Test
  void device_that_claims_to_be_a_gateway_is_refused() {
    RegisteredDevice pump = platform.aDevice(acme).register();

    Authentication result =
        platform.deviceAuthenticator.authenticateByToken(
            pump.device().key(), true, pump.token(), aSource());

    assertRefused(result);
    assertThat(ruleOf(result)).isEqualTo("login.wrong-class");
  }

  @Test
  void gateway_logs_in_as_a_gateway() {
    RegisteredDevice gateway =
        platform.aDevice(acme).ofType("gw").withId("g1").asGateway().register();

    assertThat(platform.logIn(gateway).gateway()).isTrue();
  }

  @Test
  void tenth_failure_in_a_row_slows_down_without_hashing() {
    DeviceKey key = platform.aDevice(acme).withToken("a-chosen-token").register().device().key();
    for (int i = 0; i < 10; i++) {
      assertRefused(logIn(key, "wrong-token"));
    }
    long hashed = platform.hashQueue.takenCount();

    Authentication throttled = logIn(key, "a-chosen-token");

    assertTryLater(throttled);
    assertThat(ruleOf(throttled)).isEqualTo("login.throttled");
    assertThat(platform.hashQueue.takenCount()).isEqualTo(hashed);
    platform.clock.advance(Duration.ofSeconds(1));
    assertThat(logIn(key, "a-chosen-token")).isInstanceOf(Authentication.Granted.class);
  }

  @Test
  void full_hash_queue_turns_away_what_needs_hashing_and_nothing_else() {
    RegisteredDevice generated = platform.aDevice(acme).register();
    RegisteredDevice chosen =
        platform.aDevice(acme).withId("p2").withToken("a-chosen-token").register();
    platform.hashQueue.close();

    Authentication busy = logIn(chosen.device().key(), "a-chosen-token");

    assertTryLater(busy);
    assertThat(ruleOf(busy)).isEqualTo("login.busy");
    assertThat(platform.logIn(generated).key()).isEqualTo(generated.device().key());
  }

  @Test
  void many_unknown_names_of_one_address_are_one_record() {
    for (int i = 0; i < 50; i++) {
      logIn(DeviceKey.of("acme01", "pump", "ghost" + i), "whatever-token");
    }
    platform.audit.close();

    assertThat(platform.auditOf(acme))
        .filteredOn(record -> record.entry().action().equals("login.failed"))
        .hasSize(2)
        .last()
        .satisfies(record -> assertThat(record.entry().details()).containsEntry("count", "50"));
  }

  @Test
  void reconnect_with_a_chosen_token_is_not_hashed_again() {
    RegisteredDevice pump = platform.aDevice(acme).withToken("a-chosen-token").register();
    platform.logIn(pump);
    long hashed = platform.hashQueue.takenCount();

    for (int i = 0; i < 50; i++) {
      platform.logIn(pump);
    }

    assertThat(platform.hashQueue.takenCount()).isEqualTo(hashed);
  }

  @Test
  void wrong_token_against_a_remembered_one_is_refused_without_hashing() {
    RegisteredDevice pump = platform.aDevice(acme).withToken("a-chosen-token").register();
    platform.logIn(pump);
    long hashed = platform.hashQueue.takenCount();

    assertRefused(logIn(pump.device().key(), "wrong-token"));

    assertThat(platform.hashQueue.takenCount()).isEqualTo(hashed);
  }

  @Test
  void replaced_token_is_refused_though_it_was_remembered() {
    RegisteredDevice pump = platform.aDevice(acme).withToken("a-chosen-token").register();
    platform.logIn(pump);
    platform.registry.replaceToken(
        anAdministrator(acme), pump.device().key(), Optional.of(Secret.of("another-token")));

    assertRefused(logIn(pump.device().key(), "a-chosen-token"));
    assertThat(logIn(pump.device().key(), "another-token"))
        .isInstanceOf(Authentication.Granted.class);
  }

  @Test
  void versions_differ_when_the_device_was_disabled_after_its_login() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    Principal.Device principal = platform.logIn(pump);
    CredentialVersions before = versions(logIn(pump.device().key(), pump.token().revealText()));
    assertThat(platform.deviceAuthenticator.currentVersions(principal)).isEqualTo(before);

    platform.registry.setEnabled(anAdministrator(acme), pump.device().key(), false);

    assertThat(platform.deviceAuthenticator.currentVersions(principal)).isNotEqualTo(before);
  }

  @Test
  void versions_differ_when_the_token_was_replaced_after_the_login() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    Principal.Device principal = platform.logIn(pump);
    CredentialVersions before = platform.deviceAuthenticator.currentVersions(principal);

    platform.registry.replaceToken(anAdministrator(acme), pump.device().key(), Optional.empty());

    assertThat(platform.deviceAuthenticator.currentVersions(principal)).isNotEqualTo(before);
  }

  @Test
  void versions_differ_when_the_tenant_was_suspended_after_the_login() {
    Principal.Device principal = platform.logIn(platform.aDevice(acme).register());
    CredentialVersions before = platform.deviceAuthenticator.currentVersions(principal);

    platform.tenants.suspend(OPERATOR, acme.id());

    assertThat(platform.deviceAuthenticator.currentVersions(principal)).isNotEqualTo(before);
  }

  @Test
  void device_registered_anew_under_the_same_name_does_not_pass_for_the_old_one() {
    RegisteredDevice old = platform.aDevice(acme).register();
    Principal.Device principal = platform.logIn(old);

    platform.registry.delete(anAdministrator(acme), old.device().key());
    platform.aDevice(acme).register();

    assertThat(platform.deviceAuthenticator.currentVersions(principal))
        .isEqualTo(new CredentialVersions(-1, -1, -1));
  }

  @Test
  void success_under_an_old_key_is_hashed_anew() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    try (RotatedKeys rotated = new RotatedKeys(platform, HashKeys.derive(platform.tenantKeys, 2))) {
      Authentication result =
          rotated.authenticator.authenticateByToken(
              pump.device().key(), false, pump.token(), aSource());

      DeviceCredential stored =
          platform.deviceStore.findCredential(pump.device().number()).orElseThrow();
      assertThat(stored.token().keyId()).isEqualTo(2);
      assertThat(versions(result).credential()).isEqualTo(stored.version());
      assertThat(
              rotated.authenticator.authenticateByToken(
                  pump.device().key(), false, pump.token(), aSource()))
          .isInstanceOf(Authentication.Granted.class);
    }
  }

  @Test
  void login_is_recorded_in_the_tenants_chain() {
    RegisteredDevice pump = platform.aDevice(acme).register();
    platform.logIn(pump);
    logIn(pump.device().key(), "wrong-token");
    platform.audit.close();

    assertThat(platform.auditOf(acme))
        .extracting(AuditRecord::entry)
        .extracting(entry -> entry.action() + " " + entry.target())
        .contains("login.succeeded device:pump/p1", "login.failed device:pump/p1");
    assertThat(platform.auditOf(acme).toString()).doesNotContain("wrong-token");
  }
}
