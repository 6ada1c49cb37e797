package io.sallyport.mqtt.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Submits and waits, as tests may. */
public final class Commits {
  private Commits() {}

  /** Completes with the commit, or with the store's refusal. */
  public static CompletableFuture<Void> submit(SessionStore store, Batch.Builder batch) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    store.submit(batch.build(), () -> done.complete(null), done::completeExceptionally);
    return done;
  }

  /** Returns once the batch is committed. */
  public static void commit(SessionStore store, Batch.Builder batch) {
    try {
      submit(store, batch).get(30, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("the batch was not committed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
