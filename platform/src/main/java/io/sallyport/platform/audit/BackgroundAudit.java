package io.sallyport.platform.audit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RefusalId;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what must not wait: a bounded queue and one thread that appends in batches, one
 * transaction each. What does not fit is counted, and the count is written as a record of the
 * installation's chain.
 */
final class BackgroundAudit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundAudit.class);
  private static final Duration REPEATS_COUNTED_FOR = Duration.ofMinutes(1);
  private static final int BATCH_RECORDS_MAX = 200;
  private static final long TURN_MILLIS = 200;

  private final AuditChain chain;
  private final Transactions transactions;
  private final TenantStore tenants;
  private final Clock clock;
  private final RandomGenerator random;
  private final AuditLimits limits;
  private final BlockingQueue<Waiting> queue;
  private final ConcurrentHashMap<RefusalKey, OpenRefusal> open = new ConcurrentHashMap<>();
  private final Cache<RefusalId, OpenRefusal> explanations;
  private final AtomicLong uncounted = new AtomicLong();
  private final Thread thread;
  private volatile boolean closing;

  // Touched by the writing thread only.
  private Instant sweepDue;
  private Instant minuteStart;
  private Instant overflowDue;
  private int refusalsThisMinute;

  private sealed interface Waiting {
    record Entry(AuditEntry entry) implements Waiting {}

    record Refused(OpenRefusal refusal) implements Waiting {}

    /** Nothing to write: wakes the thread to see that it is closing. */
    record Wake() implements Waiting {}
  }

  private record RefusalKey(Optional<TenantId> tenant, String rule, String source) {}

  BackgroundAudit(
      AuditChain chain,
      Transactions transactions,
      TenantStore tenants,
      Clock clock,
      RandomGenerator random,
      AuditLimits limits,
      ThreadFactory threads) {
    this.chain = chain;
    this.transactions = transactions;
    this.tenants = tenants;
    this.clock = clock;
    this.random = random;
    this.limits = limits;
    this.queue = new ArrayBlockingQueue<>(limits.queuedEntriesMax());
    this.explanations = Caffeine.newBuilder().maximumSize(limits.explanationsMax()).build();
    this.sweepDue = clock.instant();
    this.minuteStart = clock.instant();
    this.overflowDue = clock.instant();
    this.thread = threads.newThread(this::run);
    this.thread.start();
  }

  void record(AuditEntry entry) {
    offer(new Waiting.Entry(entry));
  }

  RefusalId refused(Refusal refusal) {
    Instant now = clock.instant();
    RefusalKey key = new RefusalKey(refusal.tenant(), refusal.rule(), refusal.source());
    OpenRefusal known = open.get(key);
    if (known != null && !isOver(known, now)) {
      known.addOccurrence();
      return known.id();
    }
    OpenRefusal fresh = new OpenRefusal(RefusalId.random(random), now, refusal);
    if (open.size() >= limits.openRefusalsMax()) {
      fresh.addOccurrence();
      begin(fresh);
      return fresh.id();
    }
    OpenRefusal current =
        open.merge(key, fresh, (old, added) -> old == known || isOver(old, now) ? added : old);
    current.addOccurrence();
    if (current == fresh) {
      if (known != null && known.takeRepeats()) {
        offer(new Waiting.Refused(known));
      }
      begin(fresh);
    }
    return current.id();
  }

  private void begin(OpenRefusal refusal) {
    explanations.put(refusal.id(), refusal);
    offer(new Waiting.Refused(refusal));
  }

  Optional<Explanation> explain(RefusalId id) {
    return Optional.ofNullable(explanations.getIfPresent(id)).map(OpenRefusal::explanation);
  }

  private void offer(Waiting waiting) {
    if (closing || !queue.offer(waiting)) {
      uncounted.incrementAndGet();
    }
  }

  private static boolean isOver(OpenRefusal refusal, Instant now) {
    return Duration.between(refusal.since(), now).compareTo(REPEATS_COUNTED_FOR) >= 0;
  }

  private void run() {
    while (!closing) {
      try {
        turn(queue.poll(TURN_MILLIS, TimeUnit.MILLISECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        LOG.error("Writing audit records failed", e);
      }
    }
  }

  private void turn(@Nullable Waiting first) {
    List<Waiting> batch = new ArrayList<>();
    if (first != null) {
      batch.add(first);
      queue.drainTo(batch, BATCH_RECORDS_MAX - 1);
    }
    Instant now = clock.instant();
    if (!now.isBefore(sweepDue)) {
      sweepDue = now.plusSeconds(1);
      open.values().removeIf(refusal -> isOver(refusal, now) && addRepeats(refusal, batch));
    }
    write(batch, now);
  }

  private static boolean addRepeats(OpenRefusal refusal, List<Waiting> batch) {
    if (refusal.takeRepeats()) {
      batch.add(new Waiting.Refused(refusal));
    }
    return true;
  }

  private void write(List<Waiting> batch, Instant now) {
    List<AuditEntry> entries = new ArrayList<>();
    for (Waiting waiting : batch) {
      switch (waiting) {
        case Waiting.Entry(AuditEntry entry) -> entries.add(entry);
        case Waiting.Refused(OpenRefusal refusal) -> {
          if (mayWriteRefusal(now)) {
            entries.add(owned(refusal));
          } else {
            uncounted.incrementAndGet();
          }
        }
        case Waiting.Wake() -> {}
      }
    }
    long unwritten = takeUncounted(now);
    if (unwritten > 0) {
      entries.add(
          AuditEntry.installation(
              "system", "audit.overflow", "audit", Map.of("count", Long.toString(unwritten))));
    }
    if (entries.isEmpty()) {
      return;
    }
    // Stable: within a chain the order stays.
    entries.sort(Comparator.comparing(AuditEntry::tenant, AuditChain.LOCK_ORDER));
    try {
      transactions.run(() -> entries.forEach(chain::append));
    } catch (ProblemException e) {
      uncounted.addAndGet(unwritten + entries.size());
      LOG.error("{} audit records could not be written: {}", entries.size(), e.getMessage());
    }
  }

  /** One overflow record a minute is enough. */
  private long takeUncounted(Instant now) {
    if (!closing && now.isBefore(overflowDue)) {
      return 0;
    }
    long count = uncounted.getAndSet(0);
    if (count > 0) {
      overflowDue = now.plusSeconds(60);
    }
    return count;
  }

  private boolean mayWriteRefusal(Instant now) {
    if (Duration.between(minuteStart, now).toMinutes() >= 1) {
      minuteStart = now;
      refusalsThisMinute = 0;
    }
    refusalsThisMinute++;
    return refusalsThisMinute <= limits.refusalRecordsPerMinuteMax();
  }

  private AuditEntry owned(OpenRefusal refusal) {
    Optional<TenantId> owner = refusal.owner();
    if (owner.isPresent() && tenants.find(owner.get()).isEmpty()) {
      refusal.disown();
    }
    return refusal.entry();
  }

  /** Writes what is queued and counted, then ends the thread. */
  @Override
  public void close() {
    if (closing) {
      return;
    }
    closing = true;
    boolean _ = queue.offer(new Waiting.Wake());
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Waiting> rest = new ArrayList<>();
    queue.drainTo(rest);
    open.values().removeIf(refusal -> addRepeats(refusal, rest));
    write(rest, clock.instant());
  }
}
