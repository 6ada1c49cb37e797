package io.sallyport.platform.audit;

import io.sallyport.platform.audit.AuditLog.Verification;
import io.sallyport.platform.base.TenantId;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Adds records to the chains of one store, and walks them. Guarded by the store's transactions. */
final class AuditChain {
  private static final int DETAILS_MAX = 32;
  private static final int WALK_RECORDS = 500;

  /**
   * Whoever touches several chains in one transaction does it in this order, the installation's
   * last: stores lock a chain at its first touch.
   */
  static final Comparator<Optional<TenantId>> LOCK_ORDER =
      Comparator.comparing(chain -> chain.map(TenantId::value).orElse("~"));

  private final AuditStore store;
  private final Clock clock;

  AuditChain(AuditStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Must run inside a transaction: it reads the head that it builds on. */
  AuditRecord append(AuditEntry raw) {
    AuditEntry entry = clean(raw);
    Optional<AuditRecord> head = store.head(entry.tenant());
    long sequence = head.map(AuditRecord::sequence).orElse(0L) + 1;
    String previousHash = head.map(AuditRecord::hash).orElse(AuditHash.NONE);
    // Stores keep milliseconds; a finer time would not hash the same when read back.
    Instant time = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    String hash = AuditHash.of(sequence, time, entry, previousHash);
    AuditRecord record = new AuditRecord(sequence, time, entry, previousHash, hash);
    store.append(record);
    return record;
  }

  private static AuditEntry clean(AuditEntry entry) {
    Map<String, String> details = new TreeMap<>();
    new TreeMap<>(entry.details())
        .forEach((name, value) -> {
          if (details.size() < DETAILS_MAX) {
            details.put(AuditText.clean(name), AuditText.clean(value));
          }
        });
    return new AuditEntry(
        entry.tenant(),
        AuditText.clean(entry.actor()),
        AuditText.clean(entry.action()),
        AuditText.clean(entry.target()),
        entry.outcome(),
        entry.refusal(),
        details);
  }

  /** Walks from the first record on. A cut at the tail is found by checkpoints only. */
  Verification verify(Optional<TenantId> chain) {
    long expected = 1;
    String previousHash = AuditHash.NONE;
    while (true) {
      List<AuditRecord> records = store.range(chain, expected, WALK_RECORDS);
      for (AuditRecord record : records) {
        Optional<String> fault = fault(chain, record, expected, previousHash);
        if (fault.isPresent()) {
          return new Verification.Broken(expected, fault.get());
        }
        previousHash = record.hash();
        expected++;
      }
      if (records.isEmpty()) {
        return new Verification.Intact(expected - 1, previousHash);
      }
    }
  }

  private static Optional<String> fault(
      Optional<TenantId> chain, AuditRecord record, long expected, String previousHash) {
    if (record.sequence() != expected) {
      return Optional.of("the record is missing; the next is " + record.sequence());
    }
    if (!record.entry().tenant().equals(chain)) {
      return Optional.of("the record belongs to another chain");
    }
    if (!record.previousHash().equals(previousHash)) {
      return Optional.of("the record does not continue the one before it");
    }
    String hash =
        AuditHash.of(record.sequence(), record.time(), record.entry(), record.previousHash());
    return record.hash().equals(hash)
        ? Optional.empty()
        : Optional.of("the record was changed: its hash is not that of its content");
  }
}
