package io.sallyport.simulator.fleet;

import java.time.Duration;

/**
 * How a fleet behaves.
 *
 * @param messagesPerSecond of all devices together
 * @param qos 0 to 2
 * @param day how long a day of the buildings lasts
 * @param spellEvery how often a device of the fleet goes offline for a while; zero means never
 * @param seed of the rooms and of all chance
 */
public record FleetPlan(
    double messagesPerSecond, int qos, Duration day, Duration spellEvery, long seed) {
  public FleetPlan {
    if (!(messagesPerSecond > 0 && messagesPerSecond <= 100_000)) {
      throw new IllegalArgumentException("the rate must be in (0, 100000] messages per second");
    }
    if (qos < 0 || qos > 2) {
      throw new IllegalArgumentException("not a QoS: " + qos);
    }
    if (!day.isPositive()) {
      throw new IllegalArgumentException("a day must take some time");
    }
  }
}
