package io.sallyport.simulator.fleet;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * The buildings' local time, which may run faster than ours so that a short demonstration shows a
 * whole day.
 *
 * @param speed building seconds per second
 */
record BuildingClock(Clock wall, Instant start, double speed) {
  /** A clock that starts now at ours and lets a building's day pass in this time. */
  static BuildingClock ofDay(Clock wall, Duration day) {
    return new BuildingClock(wall, wall.instant(), 86_400.0 / day.toSeconds());
  }

  LocalDateTime now() {
    long elapsedMillis = Duration.between(start, wall.instant()).toMillis();
    return LocalDateTime.ofInstant(
        start.plusMillis((long) (elapsedMillis * speed)), ZoneOffset.UTC);
  }

  Instant wallNow() {
    return wall.instant();
  }
}
