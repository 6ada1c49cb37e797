package io.sallyport.platform.telemetry;

import io.sallyport.platform.base.Problem;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether events can be stored, for health and readiness.
 *
 * @param problem why not; empty while all is well
 * @param since when this state began
 */
public record StorageHealth(Optional<Problem> problem, Instant since) {
  public boolean healthy() {
    return problem.isEmpty();
  }
}
