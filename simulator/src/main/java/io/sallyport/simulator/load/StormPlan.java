package io.sallyport.simulator.load;

import java.time.Duration;

/**
 * How large a storm.
 *
 * @param connections all together, over the children's shares
 * @param children processes that hold them: one process has no more than its limit of descriptors
 * @param addresses of loopback that they come from, 127.0.0.2 on
 * @param resume whether a client comes back with a TLS ticket, or with a full handshake
 * @param hold how long they stay idle before the cut
 * @param backOff a client waits a random time up to this before each attempt
 * @param limit by which all must be connected, and back
 * @param slow the slow reader among fast ones at the end
 */
record StormPlan(
    int connections,
    int children,
    int addresses,
    boolean resume,
    Duration hold,
    Duration backOff,
    Duration limit,
    SlowReader slow) {
  static final int CONNECTIONS = 18_000;
  private static final int PORTS_PER_ADDRESS = 20_000;
  private static final int CHILD_MAX = 18_000;

  /**
   * The fan-out with a slow reader.
   *
   * @param fast readers that keep up
   * @param perSecond messages to each
   * @param payloadBytes of each message
   * @param length of the part with, and of the part without a slow reader
   * @param patience how long it is watched what becomes of the slow one
   */
  record SlowReader(int fast, int perSecond, int payloadBytes, Duration length, Duration patience) {
    SlowReader {
      if (fast < 1 || perSecond < 1 || payloadBytes < StampedPayload.BYTES) {
        throw new IllegalArgumentException("at least one fast reader and one message a second");
      }
    }
  }

  StormPlan {
    if (connections < 1 || children < 1 || addresses < 1 || addresses > 250) {
      throw new IllegalArgumentException("1 to 250 addresses, at least one child and connection");
    }
    if (connections / addresses > PORTS_PER_ADDRESS) {
      throw new IllegalArgumentException("an address has ports for 20000 connections");
    }
    if (connections / children > CHILD_MAX) {
      throw new IllegalArgumentException("a child holds up to 18000 connections");
    }
  }
}
