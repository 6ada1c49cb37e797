package io.sallyport.web.hop;

import java.time.Duration;

/**
 * Limits of the HTTP server inside.
 *
 * @param tokenTimeMax from accept to the last byte of the token
 * @param idleTimeMax for a connection without a byte in either direction: between requests, within
 *     a head or a body, or while the client takes nothing of the answer
 * @param headTimeMax from the first byte of a request to the end of its head
 * @param bodyGrace how long the server waits for bytes of a body before it looks at their rate
 * @param bodyBytesPerSecondMin the least rate of a body, over the time that the server waits for it
 * @param requestHeadBytesMax request line and headers together
 * @param responseHeadBytesMax status line and headers together
 * @param platformThreadsMax threads for selecting and dispatching; handlers run on virtual threads
 * @param acceptQueueMax connections that wait to be accepted; the system may allow fewer
 */
public record InnerHopConfig(
    Duration tokenTimeMax,
    Duration idleTimeMax,
    Duration headTimeMax,
    Duration bodyGrace,
    int bodyBytesPerSecondMin,
    int requestHeadBytesMax,
    int responseHeadBytesMax,
    int platformThreadsMax,
    int acceptQueueMax) {

  public static final InnerHopConfig DEFAULT =
      new InnerHopConfig(
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          4096,
          16 * 1024,
          16 * 1024,
          32,
          4096);

  public InnerHopConfig {
    if (!tokenTimeMax.isPositive()
        || !idleTimeMax.isPositive()
        || !headTimeMax.isPositive()
        || !bodyGrace.isPositive()) {
      throw new IllegalArgumentException("time limits must be positive");
    }
    if (requestHeadBytesMax < 1024
        || responseHeadBytesMax < 1024
        || platformThreadsMax < 8
        || bodyBytesPerSecondMin < 1
        || acceptQueueMax < 1) {
      throw new IllegalArgumentException("limits too small to serve anybody");
    }
  }
}
