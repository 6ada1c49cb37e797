package io.sallyport.simulator.site;

/**
 * A plain space (docs/contracts/plain.md) that a throw-away installation starts with, and its
 * listener without login on loopback.
 *
 * @param durable whether QoS 1 is acknowledged when it is on disk, or already when it is received
 * @param port of the listener
 */
public record SpacePlan(String name, boolean durable, int port) {
  /** The one credential of a space: what every client of the listener is. */
  static final String USER_SUFFIX = "-user";

  public SpacePlan {
    if (!name.matches("[a-z][a-z0-9-]{0,50}")) {
      throw new IllegalArgumentException("not a space's name: " + name);
    }
  }

  String user() {
    return name + USER_SUFFIX;
  }
}
