package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.SessionKey;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Wills of clients that were cut off when the server was killed: authorised again and published
 * with a bounded rate, since after a start there may be one of every client. Thread-safe.
 */
final class OrphanedWills {
  /** With {@link #PERIOD_MILLIS}: 5,000 a second. */
  private static final int PER_PERIOD = 500;

  static final long PERIOD_MILLIS = 100;

  private record Orphan(SessionKey session, String login, Message will) {}

  private final ClientGate gate;
  private final Executor threads;
  private final EngineMetrics metrics;
  private final FaultLog faults;
  private final Queue<Orphan> waiting = new ConcurrentLinkedQueue<>();

  /**
   * @param threads tasks may block
   */
  OrphanedWills(ClientGate gate, Executor threads, EngineMetrics metrics, FaultLog faults) {
    this.gate = gate;
    this.threads = threads;
    this.metrics = metrics;
    this.faults = faults;
  }

  void add(SessionKey session, String login, Message will) {
    waiting.add(new Orphan(session, login, will));
  }

  /** Called every {@link #PERIOD_MILLIS}. */
  void publishSome() {
    for (int i = 0; i < PER_PERIOD; i++) {
      Orphan orphan = waiting.peek();
      if (orphan == null) {
        return;
      }
      try {
        threads.execute(() -> publish(orphan));
      } catch (RejectedExecutionException e) { // Busy: it stays for the next time.
        return;
      }
      waiting.remove(orphan);
    }
  }

  private void publish(Orphan orphan) {
    try {
      gate.reopen(orphan.session, orphan.login)
          .ifPresentOrElse(rights -> rights.publishWill(orphan.will), metrics::willNotAuthorised);
    } catch (RuntimeException e) {
      metrics.willNotAuthorised();
      faults.report("A will could not be published after a restart", e);
    }
  }
}
