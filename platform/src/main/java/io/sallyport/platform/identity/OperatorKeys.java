package io.sallyport.platform.identity;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.Transactions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The keys of the installation's operators: the first is made at the first start, further ones by
 * operators. Each change commits with its audit record. Blocks.
 */
public final class OperatorKeys {
  private final OperatorKeyStore store;
  private final Transactions transactions;
  private final AccessPolicy policy;
  private final AuditLog audit;
  private final RevocationJournal journal;
  private final RevocationsUnderway underway;
  private final SecretHasher hasher;
  private final TokenGenerator generator;
  private final Consumer<String> revoked;
  private final Clock clock;

  /**
   * @param revoked told after the commit that a key was deleted, so that its live connections end
   */
  public OperatorKeys(
      OperatorKeyStore store,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      RevocationJournal journal,
      RevocationsUnderway underway,
      SecretHasher hasher,
      TokenGenerator generator,
      Consumer<String> revoked,
      Clock clock) {
    this.store = store;
    this.transactions = transactions;
    this.policy = policy;
    this.audit = audit;
    this.journal = journal;
    this.underway = underway;
    this.hasher = hasher;
    this.generator = generator;
    this.revoked = revoked;
    this.clock = clock;
  }

  /** Makes the first key of a fresh installation; empty once there is one. */
  public Optional<IssuedOperatorKey> createFirst() {
    return transactions.write(
        () -> store.list().isEmpty() ? Optional.of(insert("system")) : Optional.empty());
  }

  public IssuedOperatorKey create(Principal actor) {
    policy.requireOperator(actor);
    return transactions.write(() -> insert(actor.auditName()));
  }

  private IssuedOperatorKey insert(String actor) {
    Secret token = generator.token();
    OperatorKey key =
        new OperatorKey(generator.operatorKey(), hasher.hashGenerated(token), clock.instant());
    store.insert(key);
    audit.record(
        AuditEntry.installation(actor, "operator-key.create", "operator:" + key.key(), Map.of()));
    return new IssuedOperatorKey(key, token);
  }

  public List<OperatorKey> list(Principal actor) {
    policy.requireOperator(actor);
    return store.list();
  }

  /**
   * @throws io.sallyport.platform.base.ProblemException {@code NOT_FOUND}; {@code CONFLICT} for the
   *     last one
   */
  public void delete(Principal actor, String key) {
    policy.requireOperator(actor);
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      transactions.run(() -> {
        if (store.find(key).isEmpty()) {
          throw Problem.notFound("the operator key");
        }
        if (store.list().size() == 1) {
          throw new Problem(
                  Problem.Code.CONFLICT, "the last operator key can't be deleted; make one first")
              .asException();
        }
        journal.record(RevocationJournal.Kind.OPERATOR_KEY_DELETED, key);
        store.delete(key);
        audit.record(
            AuditEntry.installation(
                actor.auditName(), "operator-key.delete", "operator:" + key, Map.of()));
      });
      revoked.accept(key);
    }
  }
}
