package io.sallyport.platform.testing;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Transactions over the in-memory stores: one lock, and an undo log that a failing transaction runs
 * backwards. Reads outside a transaction wait for the lock and so see only what is committed.
 * {@link #failNext} makes the next commit fail, as a full disk does.
 */
public final class InMemoryTransactions implements Transactions {
  private final ReentrantLock lock = new ReentrantLock();
  private final Executor executor;
  private final List<Consumer<TenantId>> tenantDeletions = new ArrayList<>();
  private @Nullable Deque<Runnable> undo;
  private final List<Consumer<Optional<Throwable>>> endings = new ArrayList<>();
  private Optional<Problem> nextFailure = Optional.empty();

  /** {@link #submit} runs on the caller's thread. */
  public InMemoryTransactions() {
    this(Runnable::run);
  }

  public InMemoryTransactions(Executor submitted) {
    this.executor = submitted;
  }

  @Override
  public <T> T write(Supplier<T> work) {
    lock.lock();
    try {
      if (undo != null) {
        return work.get();
      }
      List<Consumer<Optional<Throwable>>> toTell = new ArrayList<>();
      try {
        T result = writeOutermost(work, toTell);
        toTell.forEach(ending -> ending.accept(Optional.empty()));
        return result;
      } catch (RuntimeException | Error e) {
        toTell.forEach(ending -> ending.accept(Optional.of(e)));
        throw e;
      }
    } finally {
      lock.unlock();
    }
  }

  private <T> T writeOutermost(Supplier<T> work, List<Consumer<Optional<Throwable>>> toTell) {
    Deque<Runnable> log = new ArrayDeque<>();
    undo = log;
    boolean committed = false;
    try {
      T result = work.get();
      Optional<Problem> failure = nextFailure;
      nextFailure = Optional.empty();
      if (failure.isPresent()) {
        throw failure.get().asException();
      }
      committed = true;
      return result;
    } finally {
      if (!committed) {
        log.forEach(Runnable::run);
      }
      undo = null;
      toTell.addAll(endings);
      endings.clear();
    }
  }

  @Override
  public <T> CompletableFuture<T> submit(Supplier<T> work) {
    CompletableFuture<T> future = new CompletableFuture<>();
    if (lock.isHeldByCurrentThread() && undo != null) {
      joinRunning(work, future);
    } else {
      executor.execute(() -> {
        try {
          future.complete(write(work));
        } catch (RuntimeException e) {
          future.completeExceptionally(e);
        }
      });
    }
    return future;
  }

  /** Submitted inside a transaction: it becomes part of it, and ends as it does. */
  private <T> void joinRunning(Supplier<T> work, CompletableFuture<T> future) {
    try {
      T result = work.get();
      endings.add(fault ->
          fault.ifPresentOrElse(future::completeExceptionally, () -> future.complete(result)));
    } catch (RuntimeException e) {
      future.completeExceptionally(e);
    }
  }

  /** The next transaction is rolled back with this problem when it would commit. */
  public void failNext(Problem.Code code) {
    lock.lock();
    try {
      nextFailure = Optional.of(new Problem(code, "as the test asked"));
    } finally {
      lock.unlock();
    }
  }

  <T> T read(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  /** Notes how to take back what the running transaction has just done. */
  void onRollback(Runnable undoing) {
    if (undo == null) {
      throw new IllegalStateException("no transaction runs");
    }
    undo.push(undoing);
  }

  /** Runs inside the transaction that deletes a tenant. */
  void onTenantDeleted(Consumer<TenantId> deletion) {
    tenantDeletions.add(deletion);
  }

  void tenantDeleted(TenantId tenant) {
    tenantDeletions.forEach(deletion -> deletion.accept(tenant));
  }
}
