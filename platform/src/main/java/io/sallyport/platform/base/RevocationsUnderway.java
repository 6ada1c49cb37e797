package io.sallyport.platform.base;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Revocations that may be committed while the connections that rest on what they take away do not
 * know it yet. A process that is held up in between, by its host or by the collector, must not go
 * on serving those connections when it wakes, since the bound of THREATS T31 runs from the commit.
 * Thread-safe.
 */
public final class RevocationsUnderway {
  private final Map<Long, CompletableFuture<Void>> passages = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  /** From before the transaction begins until every connection has been told, or it failed. */
  public interface Passage extends AutoCloseable {
    @Override
    void close();
  }

  /** Opens a passage; close it also when the revocation fails. */
  public Passage begin() {
    CompletableFuture<Void> passage = new CompletableFuture<>();
    long number = numbers.incrementAndGet();
    passages.put(number, passage);
    return () -> {
      passages.remove(number);
      passage.complete(null);
    };
  }

  /** Completes when all that are underway at this moment have ended; later ones do not count. */
  public CompletableFuture<Void> told() {
    return CompletableFuture.allOf(passages.values().toArray(CompletableFuture<?>[]::new));
  }
}
