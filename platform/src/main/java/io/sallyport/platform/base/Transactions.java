package io.sallyport.platform.base;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The registry's unit of work. Store calls made inside {@code work} share one transaction; outside,
 * each read stands alone and each write is a transaction of its own. A change and its audit record
 * are written by one call, so that neither exists without the other (THREATS T46).
 *
 * <p>Work of several callers may share one commit (group commit); a failing one is rolled back
 * alone. Nested calls join the surrounding transaction.
 */
public interface Transactions {
  /**
   * Runs {@code work} in one transaction and returns when it is committed and durable. Exceptions
   * of {@code work} roll back and come out unchanged. Blocks; never call it on an event loop.
   *
   * @throws ProblemException {@code STORAGE_FULL}, {@code STORAGE_FAILED} or {@code UNAVAILABLE}
   */
  <T> T write(Supplier<T> work);

  /** As {@link #write}, without waiting: the future completes after the commit is durable. */
  <T> CompletableFuture<T> submit(Supplier<T> work);

  default void run(Runnable work) {
    write(() -> {
      work.run();
      return Boolean.TRUE;
    });
  }
}
