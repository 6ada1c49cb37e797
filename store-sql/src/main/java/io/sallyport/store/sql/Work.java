package io.sallyport.store.sql;

import io.sallyport.platform.base.ProblemException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** One caller's work on its way through a commit. Belongs to the thread that commits it. */
final class Work<T> {
  private final Supplier<T> supplier;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final Executor completions;
  private Runnable onCommit = () -> {};
  private List<Transaction.Joined<?>> joined = List.of();
  private boolean failed;
  private boolean settled;

  /**
   * @param completions runs what hangs on the future, which must not hold up the commits
   */
  Work(Supplier<T> supplier, Executor completions) {
    this.supplier = supplier;
    this.completions = completions;
  }

  CompletableFuture<T> future() {
    return future;
  }

  /** Runs in {@code transaction}; a failure undoes this work alone and is told at the end. */
  void run(Transaction transaction) {
    try {
      T result = transaction.atomically(supplier);
      onCommit = () -> future.complete(result);
    } catch (Throwable thrown) {
      // Whatever the caller's work throws belongs to the caller, unchanged.
      failed = true;
      onCommit = () -> future.completeExceptionally(thrown);
    }
    joined = transaction.takeJoined();
  }

  /** The transaction is durable. */
  void committed() {
    settle(() -> {
      joined.forEach(Transaction.Joined::committed);
      onCommit.run();
    });
  }

  /** The transaction is lost. Work that had failed before keeps its own reason. */
  void failed(ProblemException reason) {
    settle(() -> {
      joined.forEach(one -> one.failed(reason));
      if (failed) {
        onCommit.run();
      } else {
        future.completeExceptionally(reason);
      }
    });
  }

  private void settle(Runnable outcome) {
    if (!settled) {
      settled = true;
      completions.execute(outcome);
    }
  }

  /** Waits, without giving way to interrupts: what was begun may be committed. */
  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw e;
      }
    }
  }
}
