package io.sallyport.watson.messaging;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one connection's blocking work off the event loop, one piece after the other in the order
 * given. Its length is bounded by what the engine lets a client have unanswered.
 */
final class Lane {
  private static final Logger log = LoggerFactory.getLogger(Lane.class);

  private final Executor threads;
  private final Queue<Runnable> waiting = new ArrayDeque<>(1);
  private volatile boolean busy;

  /**
   * @param threads may block, e.g. virtual threads
   */
  Lane(Executor threads) {
    this.threads = threads;
  }

  /** Whether everything given so far is done. */
  boolean idle() {
    return !busy;
  }

  void run(Runnable work) {
    synchronized (waiting) {
      waiting.add(work);
      if (busy) {
        return;
      }
      busy = true;
    }
    threads.execute(this::drain);
  }

  private void drain() {
    for (Runnable work = next(); work != null; work = next()) {
      try {
        work.run();
      } catch (RuntimeException failure) {
        // The top of this thread: the rest of the lane goes on.
        log.error("work of a connection failed", failure);
      }
    }
  }

  private @Nullable Runnable next() {
    synchronized (waiting) {
      Runnable work = waiting.poll();
      busy = work != null;
      return work;
    }
  }
}
