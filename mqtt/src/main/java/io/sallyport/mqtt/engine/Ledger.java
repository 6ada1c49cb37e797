package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.SessionRef;
import io.sallyport.mqtt.store.SessionStore;
import io.sallyport.mqtt.store.SessionStoreException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The engine's way to its session store, if it has one. Callbacks come on the store's thread.
 * Thread-safe. Only {@link #awaitRoom} waits; {@link #read} leads to a thread that may.
 */
final class Ledger {
  /** A store that stops does not tell those who wait for it. */
  private static final long LOOK_AGAIN_MILLIS = 250;

  private final @Nullable SessionStore store;
  private final Executor reads;
  private final FaultLog faults;
  private final Object order = new Object();
  private volatile boolean released;

  /**
   * @param store null: nothing outlives the process
   * @param reads its tasks may block
   */
  Ledger(@Nullable SessionStore store, Executor reads, FaultLog faults) {
    this.store = store;
    this.reads = reads;
    this.faults = faults;
  }

  /** Whether anything is stored at all. */
  boolean isKept() {
    return store != null;
  }

  SessionStore store() {
    SessionStore present = store;
    if (present == null) {
      throw new IllegalStateException("there is no session store");
    }
    return present;
  }

  SessionRef newSession(Scope scope) {
    return new SessionRef(scope, store().newSessionNumber());
  }

  /**
   * Held from giving a row its sequence until its batch is submitted, so that each session's rows
   * are committed in the order of their sequences. Nothing under it waits.
   */
  Object order() {
    return order;
  }

  /**
   * One of the two is called, once.
   *
   * @param failed its reason has been reported; may be called before this returns
   * @return false when it has failed already
   */
  boolean submit(Batch batch, Runnable committed, Runnable failed) {
    AtomicBoolean taken = new AtomicBoolean(true);
    Consumer<SessionStoreException> failure =
        fault -> {
          taken.set(false);
          switch (fault.reason()) {
            case BUSY, STOPPING, GONE -> {} // Its own doing, or the scope's: nothing is broken.
            case FULL, FAILED, CORRUPT, UNSTORABLE ->
                faults.report("A change of a session could not be stored", fault);
          }
          failed.run();
        };
    store().submit(batch, committed, failure);
    return taken.get();
  }

  /** Whether nothing should be read that leads to more to store. */
  boolean isBehind() {
    return store != null && !store.accepting();
  }

  /** Runs {@code resumed} once when the store has caught up, on any thread. */
  void whenCaughtUp(Runnable resumed) {
    store().whenAccepting(resumed);
  }

  /**
   * Waits until more may be stored: for who reads a log, which keeps what has not been read. Not
   * for event loops. Nobody waits after {@link #release}.
   */
  void awaitRoom() {
    while (isBehind() && !released) {
      CountDownLatch room = new CountDownLatch(1);
      store().whenAccepting(room::countDown);
      try {
        boolean _ = room.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** The engine stops: the log will be read again from where its messages were last stored. */
  void release() {
    released = true;
  }

  /** What nobody waits for; keeps its place among the others. */
  void note(Batch batch) {
    store().submitLazily(batch);
  }

  /**
   * @param failed on any thread
   */
  void read(Consumer<SessionStore> action, Runnable failed) {
    try {
      reads.execute(() -> {
        try {
          action.accept(store());
        } catch (RuntimeException e) {
          faults.report("A session could not be read", e);
          failed.run();
        }
      });
    } catch (RejectedExecutionException e) { // Full or shutting down.
      failed.run();
    }
  }
}
