package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.SessionKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sees when two clients keep taking one session over from each other (MESSAGING.md section 4):
 * tells when it is time to say so, and how long the next one waits. Remembers only keys that were
 * taken over within the last minute, and no more than a fixed number. Thread-safe.
 */
final class TakeoverWatch {
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final Duration DELAY_STEP = Duration.ofMillis(500);
  private static final int KEYS_MAX = 10_000;

  /** Takeovers of one key, each less than a minute after the one before. */
  private static final class Streak {
    private final ArrayDeque<Long> withinMinute = new ArrayDeque<>();
    private int length;
    private long lastNanos;
    private long toldNanos;
    private boolean told;
  }

  private final MqttConfig.Takeovers limits;
  private final EngineMetrics metrics;

  /** Guarded by this; the longest untouched first. */
  private final Map<SessionKey, Streak> streaks = new LinkedHashMap<>(16, 0.75f, true);

  TakeoverWatch(MqttConfig.Takeovers limits, EngineMetrics metrics) {
    this.limits = limits;
    this.metrics = metrics;
  }

  /**
   * The key's live connection has been taken over.
   *
   * @param age of that connection
   */
  void takenOver(SessionKey key, Duration age, long nowNanos) {
    metrics.takenOver();
    if (age.compareTo(limits.settledAfter()) <= 0) {
      return;
    }
    synchronized (this) {
      Streak streak = streaks.computeIfAbsent(key, _ -> new Streak());
      if (streak.length > 0 && nowNanos - streak.lastNanos > MINUTE_NANOS) {
        streak.length = 0;
      }
      streak.length++;
      streak.lastNanos = nowNanos;
      streak.withinMinute.add(nowNanos);
      forgetOld(streak, nowNanos);
      makeRoom(nowNanos);
    }
  }

  /** How many takeovers there were in the last minute, when it is time to tell; else 0. */
  synchronized int toTell(SessionKey key, long nowNanos) {
    Streak streak = streaks.get(key);
    if (streak == null) {
      return 0;
    }
    forgetOld(streak, nowNanos);
    boolean recently = streak.told && nowNanos - streak.toldNanos < MINUTE_NANOS;
    if (streak.withinMinute.size() <= limits.perMinuteMax() || recently) {
      return 0;
    }
    streak.told = true;
    streak.toldNanos = nowNanos;
    return streak.withinMinute.size();
  }

  /** How long the next client of the key waits; not positive when it need not. */
  synchronized Duration delay(SessionKey key, long nowNanos) {
    Streak streak = streaks.get(key);
    if (streak == null || nowNanos - streak.lastNanos > MINUTE_NANOS) {
      return Duration.ZERO;
    }
    int coming = streak.length + 1;
    Duration delay = DELAY_STEP.multipliedBy(Math.max(0, coming - limits.undelayedMax() + 1));
    if (delay.isPositive()) {
      metrics.takeoverDelayed();
    }
    return delay.compareTo(limits.delayMax()) > 0 ? limits.delayMax() : delay;
  }

  synchronized int size() {
    return streaks.size();
  }

  /** At most as many as can be in a minute of connections older than a second. */
  private static void forgetOld(Streak streak, long nowNanos) {
    while (!streak.withinMinute.isEmpty()
        && nowNanos - streak.withinMinute.getFirst() > MINUTE_NANOS) {
      streak.withinMinute.removeFirst();
    }
  }

  private void makeRoom(long nowNanos) {
    var oldest = streaks.entrySet().iterator();
    while (oldest.hasNext()) {
      Streak streak = oldest.next().getValue();
      boolean stale = nowNanos - streak.lastNanos > MINUTE_NANOS;
      if (!stale && streaks.size() <= KEYS_MAX) {
        return;
      }
      oldest.remove();
    }
  }
}
