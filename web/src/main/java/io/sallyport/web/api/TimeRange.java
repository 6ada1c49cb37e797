package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.telemetry.EventQuery;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** {@code from} (inclusive) and {@code to} (exclusive) of a query, ISO 8601 in UTC. */
record TimeRange(long fromMillis, long toMillis) {
  static TimeRange of(@Nullable String from, @Nullable String to) {
    TimeRange range =
        new TimeRange(
            from == null ? EventQuery.ALL.fromMillis() : millis(from, "from"),
            to == null ? EventQuery.ALL.toMillis() : millis(to, "to"));
    if (range.fromMillis > range.toMillis) {
      throw Problem.invalid("from must not be after to");
    }
    return range;
  }

  private static long millis(String text, String parameter) {
    try {
      long millis = Instant.parse(text).toEpochMilli();
      return Math.max(0, millis);
    } catch (DateTimeParseException | ArithmeticException e) {
      throw Problem.invalid(
          parameter + " must be a time as 2026-11-21T10:15:30Z or 2026-11-21T10:15:30.123Z");
    }
  }
}
