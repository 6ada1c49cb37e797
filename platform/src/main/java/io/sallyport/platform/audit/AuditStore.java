package io.sallyport.platform.audit;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import java.util.List;
import java.util.Optional;

/** Where audit chains are kept. One chain per tenant, and one of the installation (no tenant). */
public interface AuditStore {
  /** The newest record of the chain. */
  Optional<AuditRecord> head(Optional<TenantId> chain);

  /** Adds a record whose hash is already right; joins the surrounding transaction. */
  void append(AuditRecord record);

  /** Records by falling sequence. */
  Page<AuditRecord> list(Optional<TenantId> chain, PageRequest page);

  /** Up to {@code limit} records by rising sequence, from {@code fromSequence} on, to verify. */
  List<AuditRecord> range(Optional<TenantId> chain, long fromSequence, int limit);

  /** The newest record that carries this refusal's id, in whichever chain. */
  Optional<AuditRecord> findByRefusal(RefusalId id);

  /** Every chain that has a record, those of deleted tenants included. */
  List<Optional<TenantId>> chains();
}
