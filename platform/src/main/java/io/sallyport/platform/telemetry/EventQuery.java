package io.sallyport.platform.telemetry;

import java.util.Optional;

/**
 * A device's events, newest first.
 *
 * @param fromMillis inclusive, ms since 1970
 * @param toMillis exclusive
 * @param name only events of this name
 * @param jsonOnly only events of format {@code json}
 */
public record EventQuery(long fromMillis, long toMillis, Optional<String> name, boolean jsonOnly) {
  public static final EventQuery ALL = new EventQuery(0, Long.MAX_VALUE, Optional.empty(), false);
}
