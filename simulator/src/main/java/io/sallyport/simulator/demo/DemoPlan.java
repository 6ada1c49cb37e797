package io.sallyport.simulator.demo;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a demo runs.
 *
 * @param length null runs until it is stopped
 * @param messagesPerSecond of the whole fleet
 */
record DemoPlan(@Nullable Duration length, int devices, double messagesPerSecond, int portOffset) {
  DemoPlan {
    if (devices < 1 || devices > 5_000) {
      throw new IllegalArgumentException("a demo has 1 to 5000 devices");
    }
  }
}
