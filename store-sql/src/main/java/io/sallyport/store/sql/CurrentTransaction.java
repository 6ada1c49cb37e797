package io.sallyport.store.sql;

import org.jspecify.annotations.Nullable;

/** Which transaction of one database the calling thread is in. Thread-safe. */
final class CurrentTransaction {
  // Not static: each database has transactions of its own, and there is one database per process.
  @SuppressWarnings("ThreadLocalUsage")
  private final ThreadLocal<Transaction> current = new ThreadLocal<>();

  @Nullable Transaction find() {
    return current.get();
  }

  Transaction require() {
    Transaction transaction = current.get();
    if (transaction == null) {
      throw new IllegalStateException("no transaction is open on this thread");
    }
    return transaction;
  }

  /** Runs {@code work}, on this thread, in {@code transaction}. */
  void within(Transaction transaction, Runnable work) {
    current.set(transaction);
    try {
      work.run();
    } finally {
      current.remove();
    }
  }
}
