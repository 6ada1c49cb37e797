package io.sallyport.platform.testing;

import io.sallyport.platform.audit.AuditRecord;
import io.sallyport.platform.audit.AuditStore;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Audit chains in memory. A test may tamper with them. */
public final class InMemoryAuditStore implements AuditStore {
  private final InMemoryTransactions transactions;
  private final InMemoryTable<Key, AuditRecord> records;

  private record Key(String chain, long sequence) {
    static Key of(Optional<TenantId> chain, long sequence) {
      return new Key(chain.map(TenantId::value).orElse(""), sequence);
    }
  }

  public InMemoryAuditStore(InMemoryTransactions transactions) {
    this.transactions = transactions;
    this.records =
        new InMemoryTable<>(
            transactions, Comparator.comparing(Key::chain).thenComparingLong(Key::sequence));
  }

  @Override
  public Optional<AuditRecord> head(Optional<TenantId> chain) {
    return records.last(record -> record.entry().tenant().equals(chain));
  }

  @Override
  public void append(AuditRecord record) {
    Key key = Key.of(record.entry().tenant(), record.sequence());
    records.insert(key, record, "the audit record");
  }

  @Override
  public Page<AuditRecord> list(Optional<TenantId> chain, PageRequest page) {
    return InMemoryTable.page(
        "audit " + chain,
        records.select(record -> record.entry().tenant().equals(chain)),
        record -> InMemoryTable.place(record.sequence()),
        true,
        page);
  }

  @Override
  public List<AuditRecord> range(Optional<TenantId> chain, long fromSequence, int limit) {
    return records
        .select(
            record -> record.entry().tenant().equals(chain) && record.sequence() >= fromSequence)
        .stream()
        .limit(limit)
        .toList();
  }

  @Override
  public Optional<AuditRecord> findByRefusal(RefusalId id) {
    return records.select(record -> record.entry().refusal().equals(Optional.of(id))).stream()
        .max(Comparator.comparingLong(AuditRecord::sequence));
  }

  @Override
  public List<Optional<TenantId>> chains() {
    return records.select(record -> true).stream()
        .map(record -> record.entry().tenant())
        .distinct()
        .toList();
  }

  /** Every record of the chain, oldest first. */
  public List<AuditRecord> all(Optional<TenantId> chain) {
    return range(chain, 1, Integer.MAX_VALUE);
  }

  /** Changes a stored record behind the log's back. */
  public void tamper(Optional<TenantId> chain, long sequence, UnaryOperator<AuditRecord> change) {
    transactions.run(() -> {
      Key key = Key.of(chain, sequence);
      records.set(key, change.apply(records.find(key).orElseThrow()));
    });
  }

  /** Removes a stored record behind the log's back. */
  public void remove(Optional<TenantId> chain, long sequence) {
    records.delete(Key.of(chain, sequence));
  }
}
