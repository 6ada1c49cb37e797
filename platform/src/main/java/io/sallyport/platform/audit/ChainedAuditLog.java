package io.sallyport.platform.audit;

import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/**
 * The audit log over hash-chained records (THREATS T46, T47). Has one background thread, taken from
 * {@code threads} at construction and ended by {@link #close}, which writes what still waits.
 */
public final class ChainedAuditLog implements AuditLog, AutoCloseable {
  private final AuditStore store;
  private final Transactions transactions;
  private final AuditChain chain;
  private final BackgroundAudit background;

  public ChainedAuditLog(
      AuditStore store,
      Transactions transactions,
      TenantStore tenants,
      Clock clock,
      RandomGenerator random,
      AuditLimits limits,
      ThreadFactory threads) {
    this.store = store;
    this.transactions = transactions;
    this.chain = new AuditChain(store, clock);
    this.background =
        new BackgroundAudit(chain, transactions, tenants, clock, random, limits, threads);
  }

  @Override
  public AuditRecord record(AuditEntry entry) {
    return transactions.write(() -> chain.append(entry));
  }

  @Override
  public void recordLater(AuditEntry entry) {
    background.record(entry);
  }

  @Override
  public RefusalId refused(Refusal refusal) {
    return background.refused(refusal);
  }

  @Override
  public Optional<Explanation> explain(RefusalId id) {
    return background
        .explain(id)
        .or(() -> store.findByRefusal(id).flatMap(record -> RefusalDetails.read(id, record)));
  }

  @Override
  public Verification verify(Optional<TenantId> chainOf) {
    return chain.verify(chainOf);
  }

  @Override
  public void close() {
    background.close();
  }
}
