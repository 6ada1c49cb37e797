package io.sallyport.platform.audit;

import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import java.util.Optional;

/** Writes the audit chains and explains refusals. */
public interface AuditLog {
  /**
   * Chains and stores {@code entry} in the surrounding {@link
   * io.sallyport.platform.base.Transactions#write transaction}. Throws if it can't, so that the act
   * fails with it.
   */
  AuditRecord record(AuditEntry entry);

  /**
   * Chains and stores {@code entry} in the background, for acts that must not wait, such as logins.
   * Never blocks: safe on an event loop. When the queue is full the entry is counted instead.
   */
  void recordLater(AuditEntry entry);

  /**
   * Notes a refusal: gives it an id (the same one for repeats of one source and rule within a
   * minute), keeps its explanation, and writes its audit record in the background; repeats are
   * counted in one more record when the minute is over. Never blocks: safe on an event loop. When
   * the queue is full the refusal is counted. A tenant that does not exist owns nothing: such a
   * refusal belongs to the installation.
   */
  RefusalId refused(Refusal refusal);

  /** What is known of a refusal; the caller checks who may see it. */
  Optional<Explanation> explain(RefusalId id);

  /** Walks a chain and names the first broken link. */
  Verification verify(Optional<TenantId> chain);

  /** The result of walking a chain. */
  sealed interface Verification {
    record Intact(long records, String headHash) implements Verification {}

    record Broken(long sequence, String reason) implements Verification {}
  }
}
