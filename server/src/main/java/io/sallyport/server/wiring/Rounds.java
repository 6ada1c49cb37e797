package io.sallyport.server.wiring;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that is done again and again: the timer only hands it on, and a failed round is logged. */
final class Rounds {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

  private final ScheduledExecutorService timer;
  private final Executor workers;

  Rounds(ScheduledExecutorService timer, Executor workers) {
    this.timer = timer;
    this.workers = workers;
  }

  /** The future ends the rounds when cancelled; shutting the timer down ends all. */
  ScheduledFuture<?> every(Duration interval, String what, Runnable work) {
    long millis = interval.toMillis();
    return timer.scheduleWithFixedDelay(
        () -> workers.execute(() -> round(what, work)), millis, millis, TimeUnit.MILLISECONDS);
  }

  private static void round(String what, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("{} failed; it is tried again at the next round", what, e);
    }
  }
}
