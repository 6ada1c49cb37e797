package io.sallyport.platform.base;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Revocations that may be committed while the connections that rest on what they take away do not
 * know it yet. A process that is held up in between, by its host or by the collector, must not go
 * on serving those connections when it wakes, since the bound of THREATS T31 runs from the commit.
 * Whoever records in the {@link RevocationJournal} does it within a passage: a backup that begins
 * meanwhile may miss the commit though the entry is older (THREATS T05). Thread-safe.
 */
public final class RevocationsUnderway {
  private static final int TURNS = 64;

  private final RevocationJournal journal;
  private final Map<Long, Underway> passages = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final ReentrantLock[] turns = new ReentrantLock[TURNS];

  private record Underway(JournalPosition from, CompletableFuture<Void> told) {}

  /** From before the transaction begins until every connection has been told, or it failed. */
  public interface Passage extends AutoCloseable {
    @Override
    void close();
  }

  public RevocationsUnderway(RevocationJournal journal) {
    this.journal = journal;
    for (int i = 0; i < TURNS; i++) {
      turns[i] = new ReentrantLock();
    }
  }

  /** Opens a passage; close it also when the revocation fails. */
  public Passage begin() {
    Underway passage = new Underway(journal.position(), new CompletableFuture<>());
    long number = numbers.incrementAndGet();
    passages.put(number, passage);
    return () -> {
      passages.remove(number);
      passage.told().complete(null);
    };
  }

  /**
   * As {@link #begin()}, when no other passage of the subject is open: its entries come in the
   * order of its commits. Blocks. A thread that is in one passage begins none of another subject.
   * Closed by the thread that began it.
   */
  public Passage begin(String subject) {
    ReentrantLock turn = turns[Math.floorMod(subject.hashCode(), TURNS)];
    turn.lock();
    Passage passage = begin();
    return () -> {
      try {
        passage.close();
      } finally {
        turn.unlock();
      }
    };
  }

  /** Completes when all that are underway at this moment have ended; later ones do not count. */
  public CompletableFuture<Void> told() {
    return CompletableFuture.allOf(
        passages.values().stream().map(Underway::told).toArray(CompletableFuture<?>[]::new));
  }

  /**
   * A position of the journal before every entry whose commit a copy of the registry that begins
   * now may miss.
   */
  public JournalPosition earliestUncommitted() {
    // In this order: an entry before the position belongs to a passage that is seen, or has ended.
    JournalPosition now = journal.position();
    return passages.values().stream()
        .map(Underway::from)
        .min(JournalPosition::compareTo)
        .filter(from -> from.compareTo(now) < 0)
        .orElse(now);
  }
}
