package io.sallyport.platform.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory that answers with stored payloads may take at one time, until their readers have taken
 * them (THREATS T44). Nobody waits longer than {@code waitMax} for a part of it, and no tenant gets
 * more than its own share, so that one with slow readers can't starve the others. Thread-safe.
 */
public final class ReadBudget {
  /**
   * How much may be held.
   *
   * @param bytesMax by all together
   * @param tenantBytesMax by one tenant
   * @param waitMax how long somebody waits for a part that is not free
   */
  public record Limits(long bytesMax, long tenantBytesMax, Duration waitMax) {
    public static final Limits DEFAULT = new Limits(64L << 20, 16L << 20, Duration.ofSeconds(1));

    public Limits {
      if (tenantBytesMax < 1 || bytesMax < tenantBytesMax || waitMax.isNegative()) {
        throw new IllegalArgumentException("read budget: 1 <= tenantBytesMax <= bytesMax");
      }
    }
  }

  private final Limits limits;
  private final Counter refused;
  private final ReentrantLock lock = new ReentrantLock(/* fair= */ true);
  private final Condition freed = lock.newCondition();

  /** Bytes by tenant number; without those that hold none. Guarded by the lock. */
  private final Map<Integer, Long> held = new HashMap<>();

  private long total;

  /**
   * @param meters takes {@code sallyport.read.bytes} and {@code sallyport.read.refused}
   */
  public ReadBudget(Limits limits, MeterRegistry meters) {
    this.limits = limits;
    this.refused =
        Counter.builder("sallyport.read.refused")
            .description("reads refused because too much was being read at once")
            .register(meters);
    meters.gauge("sallyport.read.bytes", this, ReadBudget::bytes);
  }

  /**
   * Takes a part of the budget; the caller closes it when the answer was taken or failed. Empty if
   * it did not become free in time.
   *
   * @throws IllegalArgumentException if no tenant could ever have so much
   */
  public Optional<Lease> lease(int tenantNumber, long bytes) {
    if (bytes < 0 || bytes > limits.tenantBytesMax()) {
      throw new IllegalArgumentException("read budget: " + bytes + " bytes at once");
    }
    long left = limits.waitMax().toNanos();
    lock.lock();
    try {
      while (!fits(tenantNumber, bytes)) {
        if (left <= 0) {
          refused.increment();
          return Optional.empty();
        }
        left = freed.awaitNanos(left);
      }
      add(tenantNumber, bytes);
      return Optional.of(new Lease(tenantNumber, bytes));
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** What is held now, by all. */
  public long bytes() {
    lock.lock();
    try {
      return total;
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(int tenantNumber, long bytes) {
    return total + bytes <= limits.bytesMax()
        && held.getOrDefault(tenantNumber, 0L) + bytes <= limits.tenantBytesMax();
  }

  private void add(int tenantNumber, long bytes) {
    total += bytes;
    long left = held.getOrDefault(tenantNumber, 0L) + bytes;
    if (left == 0) {
      held.remove(tenantNumber);
    } else {
      held.put(tenantNumber, left);
    }
  }

  /** A part of the budget that is taken. */
  public final class Lease implements AutoCloseable {
    private final int tenantNumber;
    private long bytes;

    private Lease(int tenantNumber, long bytes) {
      this.tenantNumber = tenantNumber;
      this.bytes = bytes;
    }

    /** Gives back what is beyond {@code needed}; never takes more. */
    public void shrinkTo(long needed) {
      lock.lock();
      try {
        if (needed < bytes) {
          add(tenantNumber, needed - bytes);
          bytes = needed;
          freed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }

    /** Gives all back; again does nothing. */
    @Override
    public void close() {
      shrinkTo(0);
    }
  }
}
