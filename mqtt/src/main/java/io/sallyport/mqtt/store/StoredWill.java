package io.sallyport.mqtt.store;

/**
 * A will as it waits with its session.
 *
 * @param message with its QoS and retain flag; its expiry counts from its publication, so {@link
 *     StoredMessage#expiresAtMillis} is 0 and {@code expirySeconds} says it
 * @param delaySeconds Will Delay Interval, 0 in 3.x
 * @param dueAtMillis when it is to be published, ms since 1970; 0 while the client is connected
 * @param expirySeconds Message Expiry Interval of the will, 0 for none
 */
public record StoredWill(
    StoredMessage message, long delaySeconds, long dueAtMillis, long expirySeconds) {
  public StoredWill {
    if (delaySeconds < 0 || dueAtMillis < 0 || expirySeconds < 0) {
      throw new IllegalArgumentException("a will's time is negative");
    }
  }
}
