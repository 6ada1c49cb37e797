package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.SubscribeOutcome.Granted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The filters one session holds, compared exactly [MQTT-3.10.4-1]; those that the engine delivers
 * stand in their scope's index too. Belongs to the session's loop.
 */
final class SessionSubscriptions {
  private final Scopes scopes;
  private final Session session;
  private @Nullable Map<String, Granted> byFilter;

  SessionSubscriptions(Scopes scopes, Session session) {
    this.scopes = scopes;
    this.session = session;
  }

  boolean holds(String filter) {
    return byFilter != null && byFilter.containsKey(filter);
  }

  int size() {
    return byFilter == null ? 0 : byFilter.size();
  }

  List<HeldSubscription> held() {
    if (byFilter == null) {
      return List.of();
    }
    List<HeldSubscription> held = new ArrayList<>(byFilter.size());
    byFilter.forEach((filter, grant) -> held.add(new HeldSubscription(filter, grant.qos())));
    return List.copyOf(held);
  }

  /** Adds, or replaces without a gap in delivery [MQTT-3.8.4-3]. */
  void put(String filter, Granted grant) {
    if (byFilter == null) {
      byFilter = new LinkedHashMap<>(4);
    }
    if (grant.indexed()) {
      scopes.state(grant.scope()).subscriptions().put(filter, session, grant.qos());
    }
    Granted old = byFilter.put(filter, grant);
    if (old != null && old.indexed() && !(grant.indexed() && old.scope().equals(grant.scope()))) {
      unindex(filter, old);
    }
  }

  /** False when it was not held. */
  boolean remove(String filter) {
    Granted old = byFilter == null ? null : byFilter.remove(filter);
    if (old == null) {
      return false;
    }
    if (old.indexed()) {
      unindex(filter, old);
    }
    return true;
  }

  void removeAll() {
    if (byFilter != null) {
      byFilter.forEach((filter, grant) -> {
        if (grant.indexed()) {
          unindex(filter, grant);
        }
      });
      byFilter = null;
    }
  }

  private void unindex(String filter, Granted grant) {
    scopes.state(grant.scope()).subscriptions().remove(filter, session);
  }
}
