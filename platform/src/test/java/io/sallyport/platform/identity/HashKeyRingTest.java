package io.sallyport.platform.identity;

import static io.sallyport.platform.base.Problems.assertProblem;
import static io.sallyport.platform.testing.PlatformFixture.OPERATOR;
import static io.sallyport.platform.testing.PlatformFixture.anAdministrator;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.base.JournalPosition;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.device.RegisteredDevice;
import io.sallyport.platform.tenant.SettingStore;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.testing.InMemorySettingStore;
import io.sallyport.platform.testing.PlatformFixture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class HashKeyRingTest {
  private static final HashLane LANE = new HashLane("acme01", "registry");
  private static final Secret SECRET = Secret.of("correct horse");
  private static final LoginSource SOURCE =
      new LoginSource(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 4_711), "https", true);

  @AutoClose private final PlatformFixture platform = new PlatformFixture();
  private final SettingStore settings = new InMemorySettingStore();
  private final List<HashCount> counts = new ArrayList<>();
  private final HashKeys keys = HashKeyRing.load(platform.tenantKeys, settings);
  private final HashKeyRing ring =
      new HashKeyRing(
          keys,
          () -> counts,
          settings,
          platform.transactions,
          platform.policy,
          platform.audit,
          platform.journal,
          platform.underway);
  private final SecretHasher hasher =
      new SecretHasher(keys, new ArgonCost(64, 1, 1), platform.random, platform.hashQueue);

  private SecretHasher.Match verify(SecretHasher by, SecretHash stored) {
    return by.verify(LANE, stored, SECRET, () -> true);
  }

  @Test
  void rotation_writes_under_the_new_key_and_asks_for_old_hashes_to_be_written_anew() {
    SecretHash token = hasher.hashGenerated(SECRET);
    SecretHash password = hasher.hashChosen(LANE, SECRET);

    assertThat(ring.rotate(OPERATOR).newest()).isEqualTo(2);

    assertThat(verify(hasher, token)).isEqualTo(SecretHasher.Match.YES_REHASH_DUE);
    assertThat(verify(hasher, password)).isEqualTo(SecretHasher.Match.YES_REHASH_DUE);
    assertThat(hasher.hashGenerated(SECRET).keyId()).isEqualTo(2);
    assertThat(verify(hasher, hasher.hashChosen(LANE, SECRET))).isEqualTo(SecretHasher.Match.YES);
  }

  @Test
  void report_tells_what_is_still_old() {
    counts.add(new HashCount("devices", "hmac", 1, 7));
    counts.add(new HashCount("devices", "argon2id", 2, 5));
    counts.add(new HashCount("api-keys", "hmac", 1, 1));
    ring.rotate(OPERATOR);

    HashKeyRing.Report report = ring.report(OPERATOR);

    assertThat(report.old()).isEqualTo(8);
    assertThat(report.count(1)).isEqualTo(8);
    assertThat(report.count(2)).isEqualTo(5);
    assertThat(report.hashes()).hasSize(3);
  }

  @Test
  void key_with_live_hashes_is_retired_only_when_that_is_confirmed() {
    SecretHash token = hasher.hashGenerated(SECRET);
    counts.add(new HashCount("devices", "hmac", 1, 1));
    ring.rotate(OPERATOR);

    assertProblem(Problem.Code.IN_USE, () -> ring.retire(OPERATOR, 1, false));
    assertThat(verify(hasher, token)).isEqualTo(SecretHasher.Match.YES_REHASH_DUE);

    ring.retire(OPERATOR, 1, true);

    assertThat(verify(hasher, token)).isEqualTo(SecretHasher.Match.NO);
    assertThat(ring.report(OPERATOR).retired()).containsExactly(1);
  }

  @Test
  void key_that_nothing_rests_on_is_retired_at_once_and_stays_so_after_a_restart() {
    SecretHash token = hasher.hashGenerated(SECRET);
    ring.rotate(OPERATOR);
    ring.retire(OPERATOR, 1, false);

    HashKeys loaded = HashKeyRing.load(platform.tenantKeys, settings);

    SecretHasher later =
        new SecretHasher(loaded, new ArgonCost(64, 1, 1), platform.random, platform.hashQueue);
    assertThat(loaded.newest()).isEqualTo(2);
    assertThat(verify(later, token)).isEqualTo(SecretHasher.Match.NO);
    assertThat(verify(later, hasher.hashGenerated(SECRET))).isEqualTo(SecretHasher.Match.YES);
  }

  /** THREATS T05: a leaked key does not come back with an older backup. */
  @Test
  void restored_backup_does_not_bring_a_retired_key_back() {
    Tenant acme = platform.aTenant("acme01");
    RegisteredDevice pump = platform.aDevice(acme).register();
    platform.hashKeyRing.rotate(OPERATOR);
    platform.hashKeyRing.retire(OPERATOR, 1, true);
    SettingStore older = new InMemorySettingStore();
    HashKeys restored = HashKeyRing.load(platform.tenantKeys, older);
    HashKeyRing afterRestore =
        new HashKeyRing(
            restored,
            () -> counts,
            older,
            platform.transactions,
            platform.policy,
            platform.audit,
            platform.journal,
            platform.underway);
    assertThat(restored.isInForce(1)).isTrue();

    int applied =
        platform
            .revocationReplay(afterRestore)
            .replay(Optional.of(JournalPosition.START), Instant.EPOCH);

    assertThat(applied).isEqualTo(1);
    assertThat(restored.isInForce(1)).isFalse();
    assertThat(afterRestore.report(OPERATOR).retired()).containsExactly(1);
    assertThat(
            platform.deviceAuthenticator.authenticateByToken(
                pump.device().key(), false, pump.token(), SOURCE))
        .isInstanceOf(Authentication.Rejected.class);
  }

  @Test
  void remembered_verifier_does_not_outlive_the_key() {
    CredentialCheck check =
        new CredentialCheck(platform.throttle, hasher, platform.clock, platform.random);
    SecretHash password = hasher.hashChosen(LANE, SECRET);
    CredentialCheck.Claim claim =
        new CredentialCheck.Claim(
            "device:acme01/pump/p1",
            Optional.of(password),
            SECRET,
            Optional.empty(),
            SOURCE,
            false);
    assertThat(check.check(claim)).isEqualTo(CredentialCheck.Result.MATCHES);
    ring.rotate(OPERATOR);

    ring.retire(OPERATOR, 1, true);

    assertThat(check.check(claim)).isEqualTo(CredentialCheck.Result.WRONG);
  }

  @Test
  void newest_unknown_and_retired_keys_are_not_retired() {
    assertProblem(Problem.Code.CONFLICT, () -> ring.retire(OPERATOR, 1, true));
    assertProblem(Problem.Code.NOT_FOUND, () -> ring.retire(OPERATOR, 2, true));
    assertProblem(Problem.Code.NOT_FOUND, () -> ring.retire(OPERATOR, 0, true));
    ring.rotate(OPERATOR);
    ring.retire(OPERATOR, 1, false);

    assertProblem(Problem.Code.NOT_FOUND, () -> ring.retire(OPERATOR, 1, true));
  }

  @Test
  void operators_key_under_an_old_hash_key_is_hashed_anew_at_its_login() {
    IssuedOperatorKey issued = platform.operatorKeys.create(OPERATOR);
    HashKeys rotated = HashKeys.derive(platform.tenantKeys, 2);
    SecretHasher later =
        new SecretHasher(rotated, new ArgonCost(64, 1, 1), platform.random, platform.hashQueue);
    ThrottledKeyAuthenticator authenticator =
        new ThrottledKeyAuthenticator(
            platform.tenantStore,
            platform.apiKeyStore,
            platform.operatorKeyStore,
            platform.transactions,
            new CredentialCheck(platform.throttle, later, platform.clock, platform.random),
            new LoginAudit(platform.audit, platform.clock),
            rotated);

    assertThat(authenticator.authenticate(issued.key().key(), issued.token(), SOURCE))
        .isInstanceOf(Authentication.Granted.class);

    SecretHash stored = platform.operatorKeyStore.find(issued.key().key()).orElseThrow().token();
    assertThat(stored.keyId()).isEqualTo(2);
    assertThat(verifyIssued(later, stored, issued)).isEqualTo(SecretHasher.Match.YES);
  }

  private static SecretHasher.Match verifyIssued(
      SecretHasher by, SecretHash stored, IssuedOperatorKey issued) {
    return by.verify(LANE, stored, issued.token(), () -> true);
  }

  @Test
  void only_operators_do_this_and_each_act_is_recorded() {
    Principal stranger = anAdministrator(platform.aTenant("acme01"));

    assertThatThrownBy(() -> ring.report(stranger)).isInstanceOf(AccessDeniedProblem.class);
    assertThatThrownBy(() -> ring.rotate(stranger)).isInstanceOf(AccessDeniedProblem.class);
    assertThatThrownBy(() -> ring.retire(stranger, 1, true))
        .isInstanceOf(AccessDeniedProblem.class);
    ring.rotate(OPERATOR);
    ring.retire(OPERATOR, 1, false);

    assertThat(platform.auditStore.list(Optional.empty(), PageRequest.first(50)).items())
        .extracting(AuditRecord::entry)
        .extracting(entry -> entry.action() + " " + entry.target())
        .contains("hash-key.rotate hash-key:2", "hash-key.retire hash-key:1");
  }
}
