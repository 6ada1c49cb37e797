package io.sallyport.web.hop;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How fast the client of one connection sends its requests. Only time in which the server waited
 * for it counts, so a handler that thinks before it reads a body costs the client nothing.
 * Thread-safe.
 */
final class RequestPace {
  private enum Phase {
    BETWEEN,
    HEAD,
    BODY
  }

  private final LongSupplier nanoClock;
  private final long headNanosMax;
  private final long bodyGraceNanos;
  private final long bodyBytesPerSecondMin;

  private Phase phase = Phase.BETWEEN;
  private long request;
  private long headSince;
  private boolean waiting;
  private long waitingSince;
  private long waitedNanos;
  private long bodyBytes;

  RequestPace(
      LongSupplier nanoClock,
      Duration headTimeMax,
      Duration bodyGrace,
      long bodyBytesPerSecondMin) {
    this.nanoClock = nanoClock;
    this.headNanosMax = headTimeMax.toNanos();
    this.bodyGraceNanos = bodyGrace.toNanos();
    this.bodyBytesPerSecondMin = bodyBytesPerSecondMin;
  }

  /** From now on, if not already, the server waits for bytes. */
  synchronized void waits() {
    if (!waiting) {
      waiting = true;
      waitingSince = nanoClock.getAsLong();
    }
  }

  /** Bytes came; false when the client is too slow to be waited for any longer. */
  synchronized boolean came(int bytes) {
    long now = nanoClock.getAsLong();
    switch (phase) {
      case BETWEEN -> {
        phase = Phase.HEAD;
        headSince = now;
      }
      case HEAD -> {}
      case BODY -> {
        bodyBytes += bytes;
        if (waiting) {
          waitedNanos += now - waitingSince;
        }
      }
    }
    waiting = false;
    return switch (phase) {
      case BETWEEN -> true;
      case HEAD -> now - headSince < headNanosMax;
      case BODY ->
          waitedNanos < bodyGraceNanos
              || (double) bodyBytes / bodyBytesPerSecondMin >= waitedNanos / 1e9;
    };
  }

  /** How long a begun head may still take; {@link Long#MAX_VALUE} when none is begun. */
  synchronized long headNanosLeft() {
    return phase == Phase.HEAD ? headSince + headNanosMax - nanoClock.getAsLong() : Long.MAX_VALUE;
  }

  /** Whether nothing is asked or answered at present. */
  synchronized boolean idle() {
    return phase == Phase.BETWEEN;
  }

  /** The head is whole; the number is for {@link #requestDone}. */
  synchronized long headDone() {
    phase = Phase.BODY;
    waiting = false;
    waitedNanos = 0;
    bodyBytes = 0;
    return ++request;
  }

  /** Without effect when the next request has already begun. */
  synchronized void requestDone(long number) {
    if (number == request && phase == Phase.BODY) {
      phase = Phase.BETWEEN;
    }
  }
}
