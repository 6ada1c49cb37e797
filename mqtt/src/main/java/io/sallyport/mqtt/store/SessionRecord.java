package io.sallyport.mqtt.store;

import io.sallyport.mqtt.SessionKey;
import org.jspecify.annotations.Nullable;

/**
 * A durable session, without its subscriptions and messages.
 *
 * @param number from {@link SessionStore#newSessionNumber}
 * @param connected whether a client was connected when this was written; after a kill it says so
 *     still, and the session counts as cut off at {@code aliveAtMillis}
 * @param expirySeconds Session Expiry Interval; 0xFFFFFFFF never. 0 for a session that is stored
 *     for its will's sake only
 * @param expiresAtMillis when it ends, ms since 1970, so that a restart does not lengthen it; 0
 *     while connected, and for never
 * @param aliveAtMillis when the client was last known to be there
 * @param queue how much may wait for it
 * @param will published unless the client takes its leave; null for none
 */
public record SessionRecord(
    SessionKey key,
    long number,
    boolean connected,
    long expirySeconds,
    long expiresAtMillis,
    long aliveAtMillis,
    QueueLimits queue,
    @Nullable StoredWill will) {
  /** In place of {@link #expirySeconds}: never (v5: 3.1.2.11.2). */
  public static final long NEVER = 0xFFFF_FFFFL;

  public SessionRecord {
    if (expirySeconds < 0 || expirySeconds > NEVER || expiresAtMillis < 0 || aliveAtMillis < 0) {
      throw new IllegalArgumentException("a session's time is out of range");
    }
  }

  public SessionRef ref() {
    return new SessionRef(key.scope(), number);
  }
}
