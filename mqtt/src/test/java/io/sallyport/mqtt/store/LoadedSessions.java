package io.sallyport.mqtt.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a load told. */
public final class LoadedSessions implements SessionStore.Loading {
  private final List<SessionRecord> sessions = new ArrayList<>();
  private final Map<SessionRef, QueueSummary> queues = new HashMap<>();
  private final Map<SessionRef, List<StoredSubscription>> subscriptions = new HashMap<>();

  public static LoadedSessions of(SessionStore store) {
    LoadedSessions loaded = new LoadedSessions();
    store.load(loaded);
    return loaded;
  }

  @Override
  public void session(SessionRecord session, QueueSummary queue) {
    sessions.add(session);
    queues.put(session.ref(), queue);
  }

  @Override
  public void subscription(SessionRef session, StoredSubscription subscription) {
    if (sessions.isEmpty() || !sessions.getLast().ref().equals(session)) {
      throw new IllegalStateException("a subscription does not follow its session");
    }
    subscriptions.computeIfAbsent(session, _ -> new ArrayList<>()).add(subscription);
  }

  public List<SessionRecord> sessions() {
    return sessions;
  }

  public QueueSummary queue(SessionRef session) {
    return queues.getOrDefault(session, QueueSummary.EMPTY);
  }

  public List<StoredSubscription> subscriptions(SessionRef session) {
    return subscriptions.getOrDefault(session, List.of());
  }
}
