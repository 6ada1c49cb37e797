package io.sallyport.platform.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sallyport.platform.audit.AuditLog.Verification;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.testing.InMemoryAuditStore;
import io.sallyport.platform.testing.InMemoryTenantStore;
import io.sallyport.platform.testing.InMemoryTransactions;
import io.sallyport.platform.testing.SettableClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChainedAuditLogTest {
  private static final TenantId ACME = new TenantId("acme01");
  private static final Optional<TenantId> CHAIN = Optional.of(ACME);
  private static final Optional<TenantId> INSTALLATION = Optional.empty();

  private final SettableClock clock = new SettableClock();
  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryTenantStore tenants = new InMemoryTenantStore(transactions);
  private final InMemoryAuditStore store = new InMemoryAuditStore(transactions);
  private ChainedAuditLog log = newLog(AuditLimits.DEFAULT);

  private ChainedAuditLog newLog(AuditLimits limits) {
    return new ChainedAuditLog(
        store, transactions, tenants, clock, new SecureRandom(), limits, Thread::new);
  }

  @BeforeEach
  void makeTenant() {
    tenants.create(ACME, "Acme", TenantSettings.DEFAULT, clock.instant());
  }

  @AfterEach
  void close() {
    log.close();
  }

  private AuditRecord record(String target) {
    return log.record(AuditEntry.done(ACME, "key:k", "device.create", target, Map.of("a", "b")));
  }

  private static Refusal aRefusal(String source, String rule) {
    return new Refusal(
        CHAIN,
        "device:pump/p1",
        "publish.refused",
        "topic",
        source,
        rule,
        "what happened",
        "what to do",
        Map.of("qos", "1"));
  }

  private List<AuditRecord> refusals() {
    return store.all(CHAIN).stream()
        .filter(record -> record.entry().outcome() == AuditEntry.Outcome.REFUSED)
        .toList();
  }

  @Test
  void records_are_numbered_and_chained() {
    AuditRecord first = record("p1");
    AuditRecord second = record("p2");

    assertThat(first.sequence()).isEqualTo(1);
    assertThat(first.previousHash()).isEqualTo("0".repeat(64));
    assertThat(second.sequence()).isEqualTo(2);
    assertThat(second.previousHash()).isEqualTo(first.hash());
    assertThat(log.verify(CHAIN)).isEqualTo(new Verification.Intact(2, second.hash()));
  }

  @Test
  void tenants_and_installation_have_chains_of_their_own() {
    record("p1");
    AuditRecord own = log.record(AuditEntry.installation("system", "start", "x", Map.of()));

    assertThat(own.sequence()).isEqualTo(1);
    assertThat(log.verify(INSTALLATION)).isEqualTo(new Verification.Intact(1, own.hash()));
  }

  @Test
  void record_vanishes_with_the_act_that_fails() {
    assertThatThrownBy(() ->
            transactions.run(() -> {
              record("p1");
              throw new IllegalStateException("the act failed");
            }))
        .hasMessage("the act failed");

    assertThat(store.all(CHAIN)).isEmpty();
  }

  @Test
  void act_fails_when_its_record_can_not_be_stored() {
    transactions.failNext(Problem.Code.STORAGE_FULL);

    assertThatThrownBy(() -> record("p1")).isInstanceOf(ProblemException.class);
    assertThat(store.all(CHAIN)).isEmpty();
  }

  @Test
  void stored_text_is_escaped_and_cut() {
    AuditRecord stored =
        log.record(
            AuditEntry.done(
                ACME, "a\nb", "x", "t".repeat(300), Map.of("key\u001b", "v".repeat(300))));

    assertThat(stored.entry().actor()).isEqualTo("a\\u000ab");
    assertThat(stored.entry().target()).hasSize(256);
    assertThat(stored.entry().details()).containsOnlyKeys("key\\u001b");
    assertThat(stored.entry().details().get("key\\u001b")).hasSize(256);
    assertThat(log.verify(CHAIN)).isInstanceOf(Verification.Intact.class);
  }

  private void assertBrokenAt(long sequence, String reason) {
    assertThat(log.verify(CHAIN))
        .isInstanceOfSatisfying(
            Verification.Broken.class,
            broken -> {
              assertThat(broken.sequence()).isEqualTo(sequence);
              assertThat(broken.reason()).contains(reason);
            });
  }

  private void tamper(long sequence, UnaryOperator<AuditEntry> change) {
    store.tamper(
        CHAIN,
        sequence,
        record ->
            new AuditRecord(
                record.sequence(),
                record.time(),
                change.apply(record.entry()),
                record.previousHash(),
                record.hash()));
  }

  private void threeRecords() {
    record("p1");
    record("p2");
    record("p3");
  }

  @Test
  void changed_target_is_found() {
    threeRecords();

    tamper(2, entry -> AuditEntry.done(ACME, entry.actor(), entry.action(), "px", entry.details()));

    assertBrokenAt(2, "was changed");
  }

  @Test
  void text_moved_from_one_member_to_the_next_is_found() {
    log.record(AuditEntry.done(ACME, "ab", "c", "t", Map.of()));

    tamper(1, entry -> AuditEntry.done(ACME, "a", "bc", "t", Map.of()));

    assertBrokenAt(1, "was changed");
  }

  @Test
  void changed_time_is_found() {
    threeRecords();

    store.tamper(
        CHAIN,
        3,
        record ->
            new AuditRecord(
                3,
                record.time().plusSeconds(1),
                record.entry(),
                record.previousHash(),
                record.hash()));

    assertBrokenAt(3, "was changed");
  }

  @Test
  void record_changed_and_hashed_anew_breaks_the_next() {
    threeRecords();

    store.tamper(
        CHAIN,
        2,
        record -> {
          AuditEntry entry = AuditEntry.done(ACME, "somebody", "else", "x", Map.of());
          return new AuditRecord(
              2,
              record.time(),
              entry,
              record.previousHash(),
              AuditHash.of(2, record.time(), entry, record.previousHash()));
        });

    assertBrokenAt(3, "does not continue");
  }

  @Test
  void removed_record_is_found_as_a_gap() {
    threeRecords();

    store.remove(CHAIN, 2);

    assertBrokenAt(2, "missing");
  }

  @Test
  void removed_first_record_is_found_as_a_gap() {
    threeRecords();

    store.remove(CHAIN, 1);

    assertBrokenAt(1, "missing");
  }

  @Test
  void refusal_is_recorded_and_explained() {
    RefusalId id = log.refused(aRefusal("192.0.2.1", "watson.topic"));

    assertThat(log.explain(id))
        .hasValueSatisfying(explanation -> {
          assertThat(explanation.tenant()).isEqualTo(CHAIN);
          assertThat(explanation.rule()).isEqualTo("watson.topic");
          assertThat(explanation.text()).isEqualTo("what happened");
          assertThat(explanation.fix()).isEqualTo("what to do");
          assertThat(explanation.count()).isEqualTo(1);
        });
    await().untilAsserted(() -> assertThat(refusals()).hasSize(1));
    assertThat(refusals().getFirst().entry().refusal()).hasValue(id);
    assertThat(refusals().getFirst().entry().details())
        .containsEntry("rule", "watson.topic")
        .containsEntry("source", "192.0.2.1")
        .containsEntry("qos", "1");
  }

  @Test
  void repeats_within_a_minute_share_an_id_and_are_counted_in_one_record() {
    RefusalId id = log.refused(aRefusal("192.0.2.1", "rule"));
    await().untilAsserted(() -> assertThat(refusals()).hasSize(1));
    for (int i = 0; i < 99; i++) {
      assertThat(log.refused(aRefusal("192.0.2.1", "rule"))).isEqualTo(id);
    }
    assertThat(log.explain(id).orElseThrow().count()).isEqualTo(100);

    clock.advance(Duration.ofMinutes(1));

    await().untilAsserted(() -> assertThat(refusals()).hasSize(2));
    assertThat(refusals().getLast().entry().details()).containsEntry("count", "100");
    assertThat(refusals().getLast().entry().refusal()).hasValue(id);
  }

  @Test
  void another_source_rule_or_minute_has_another_id() {
    RefusalId id = log.refused(aRefusal("192.0.2.1", "rule"));

    assertThat(log.refused(aRefusal("192.0.2.2", "rule"))).isNotEqualTo(id);
    assertThat(log.refused(aRefusal("192.0.2.1", "other"))).isNotEqualTo(id);
    clock.advance(Duration.ofMinutes(1));
    assertThat(log.refused(aRefusal("192.0.2.1", "rule"))).isNotEqualTo(id);
  }

  @Test
  void explanation_is_found_after_a_restart() {
    RefusalId id = log.refused(aRefusal("192.0.2.1", "rule"));
    Explanation before = log.explain(id).orElseThrow();
    log.close();

    log = newLog(AuditLimits.DEFAULT);

    assertThat(log.explain(id)).hasValue(before);
  }

  @Test
  void unknown_refusal_has_no_explanation() {
    assertThat(log.explain(RefusalId.random(new SecureRandom()))).isEmpty();
  }

  @Test
  void refusal_that_names_a_tenant_that_does_not_exist_goes_to_the_installations_chain() {
    TenantId ghost = new TenantId("ghost0");
    RefusalId id =
        log.refused(
            new Refusal(
                Optional.of(ghost), "x", "login.failed", "x", "s", "rule", "t", "f", Map.of()));
    log.close();

    assertThat(store.all(Optional.of(ghost))).isEmpty();
    assertThat(store.all(INSTALLATION).getFirst().entry().details())
        .containsEntry("claimed-tenant", "ghost0");
    assertThat(log.explain(id).orElseThrow().tenant()).isEmpty();
  }

  @Test
  void closing_writes_what_still_waits() {
    log.recordLater(AuditEntry.done(ACME, "key:k", "login.succeeded", "x", Map.of()));
    log.refused(aRefusal("192.0.2.1", "rule"));
    log.refused(aRefusal("192.0.2.1", "rule"));

    log.close();

    assertThat(store.all(CHAIN)).hasSize(3);
    assertThat(refusals().getLast().entry().details()).containsEntry("count", "2");
    assertThat(log.verify(CHAIN)).isInstanceOf(Verification.Intact.class);
  }

  @Test
  void flood_of_different_refusals_is_bounded_and_what_is_left_out_is_counted() {
    log.close();
    log = newLog(new AuditLimits(10_000, 50, 50, 20));

    for (int i = 0; i < 200; i++) {
      log.refused(aRefusal("source " + i, "rule"));
    }
    log.close();

    assertThat(refusals()).hasSize(20);
    long counted =
        store.all(INSTALLATION).stream()
            .filter(record -> record.entry().action().equals("audit.overflow"))
            .mapToLong(
                record -> Long.parseLong(record.entry().details().getOrDefault("count", "0")))
            .sum();
    assertThat(counted).isEqualTo(180);
  }

  @Test
  void entries_that_could_not_be_stored_are_counted() {
    log.close();
    log = newLog(AuditLimits.DEFAULT);
    transactions.failNext(Problem.Code.STORAGE_FULL);
    log.recordLater(AuditEntry.done(ACME, "key:k", "login.succeeded", "x", Map.of()));

    await()
        .untilAsserted(() -> {
          clock.advance(Duration.ofMinutes(1));
          assertThat(store.all(INSTALLATION))
              .extracting(record -> record.entry().action())
              .contains("audit.overflow");
        });
    assertThat(store.all(CHAIN)).isEmpty();
  }
}
