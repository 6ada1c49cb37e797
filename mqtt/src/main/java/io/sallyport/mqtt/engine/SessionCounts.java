package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many sessions each owner and each scope has (MESSAGING.md section 8, "session and queue
 * growth"). Thread-safe.
 */
final class SessionCounts {
  private record Owner(Scope scope, String name) {}

  private final MqttConfig.Ownership limits;
  private final Map<Owner, Integer> byOwner = new ConcurrentHashMap<>();
  private final Map<Scope, Integer> byScope = new ConcurrentHashMap<>();

  SessionCounts(MqttConfig.Ownership limits) {
    this.limits = limits;
  }

  /** False when a limit is reached; nothing has been counted then. */
  boolean add(SessionKey key) {
    if (!count(byScope, key.scope(), limits.sessionsPerScopeMax())) {
      return false;
    }
    if (!count(byOwner, owner(key), limits.sessionsPerOwnerMax())) {
      uncount(byScope, key.scope());
      return false;
    }
    return true;
  }

  void remove(SessionKey key) {
    uncount(byScope, key.scope());
    uncount(byOwner, owner(key));
  }

  private static Owner owner(SessionKey key) {
    return new Owner(key.scope(), key.owner());
  }

  private static <K> boolean count(Map<K, Integer> counts, K key, int max) {
    boolean[] counted = new boolean[1];
    counts.compute(
        key,
        (_, present) -> {
          int now = present == null ? 0 : present;
          counted[0] = now < max;
          return counted[0] ? Integer.valueOf(now + 1) : present;
        });
    return counted[0];
  }

  private static <K> void uncount(Map<K, Integer> counts, K key) {
    counts.computeIfPresent(key, (_, present) -> present == 1 ? null : present - 1);
  }
}
