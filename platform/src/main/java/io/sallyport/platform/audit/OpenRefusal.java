package io.sallyport.platform.audit;

import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** One refusal and the repeats of its minute. Thread-safe. */
final class OpenRefusal {
  private final RefusalId id;
  private final Instant since;
  private final Refusal refusal;
  private final AtomicLong count = new AtomicLong();
  private final AtomicBoolean repeatsTaken = new AtomicBoolean();
  private volatile Optional<TenantId> owner;

  OpenRefusal(RefusalId id, Instant since, Refusal refusal) {
    this.id = id;
    this.since = since;
    this.refusal = refusal;
    this.owner = refusal.tenant();
  }

  RefusalId id() {
    return id;
  }

  Instant since() {
    return since;
  }

  Optional<TenantId> owner() {
    return owner;
  }

  void addOccurrence() {
    count.incrementAndGet();
  }

  /** True once, if there were repeats: whoever gets it writes them. */
  boolean takeRepeats() {
    return count.get() > 1 && repeatsTaken.compareAndSet(false, true);
  }

  /** The tenant it named does not exist: it belongs to the installation. */
  void disown() {
    owner = Optional.empty();
  }

  Explanation explanation() {
    return new Explanation(
        id,
        owner,
        since,
        AuditText.clean(refusal.actor()),
        refusal.rule(),
        AuditText.clean(refusal.text()),
        AuditText.clean(refusal.fix()),
        count.get());
  }

  AuditEntry entry() {
    Map<String, String> details = new LinkedHashMap<>(refusal.details());
    details.put(RefusalDetails.SOURCE, refusal.source());
    details.put(RefusalDetails.RULE, refusal.rule());
    details.put(RefusalDetails.TEXT, refusal.text());
    details.put(RefusalDetails.FIX, refusal.fix());
    details.put(RefusalDetails.COUNT, Long.toString(count.get()));
    details.put(RefusalDetails.SINCE, since.toString());
    if (owner.isEmpty() && refusal.tenant().isPresent()) {
      details.put("claimed-tenant", refusal.tenant().get().value());
    }
    return new AuditEntry(
        owner,
        refusal.actor(),
        refusal.action(),
        refusal.target(),
        AuditEntry.Outcome.REFUSED,
        Optional.of(id),
        details);
  }
}
