package io.sallyport.mqtt.engine;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports exceptions of contracts without letting them stop shared machinery: at most one line a
 * second, because a stranger may choose how often they happen. Thread-safe.
 */
final class FaultLog {
  private static final Logger LOG = LoggerFactory.getLogger(FaultLog.class);
  private static final long PAUSE_NANOS = 1_000_000_000;

  private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
  private final AtomicLong unreported = new AtomicLong();

  void report(String what, Throwable fault) {
    long now = System.nanoTime();
    long next = nextNanos.get();
    if (now - next < 0 || !nextNanos.compareAndSet(next, now + PAUSE_NANOS)) {
      unreported.incrementAndGet();
      return;
    }
    LOG.error("{} ({} more not reported)", what, unreported.getAndSet(0), fault);
  }
}
