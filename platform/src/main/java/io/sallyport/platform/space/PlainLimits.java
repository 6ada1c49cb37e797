package io.sallyport.platform.space;

import io.sallyport.platform.base.Problem;

/**
 * How much one plain credential may use.
 *
 * @param connectionsMax connections open at one time
 * @param sessionsMax sessions, those without a connection included
 * @param retainedMessagesMax retained messages that it has left
 * @param retainedBytesMax bytes of their topics and payloads
 */
public record PlainLimits(
    int connectionsMax, int sessionsMax, int retainedMessagesMax, long retainedBytesMax) {
  public static final PlainLimits DEFAULT = new PlainLimits(20_000, 20_000, 10_000, 16L << 20);

  public PlainLimits {
    if (connectionsMax < 1 || sessionsMax < 1 || retainedMessagesMax < 0 || retainedBytesMax < 0) {
      throw Problem.invalid("connections and sessions are at least 1, retained at least 0");
    }
  }
}
