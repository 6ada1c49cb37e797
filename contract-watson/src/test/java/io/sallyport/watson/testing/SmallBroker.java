package io.sallyport.watson.testing;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.RetainOutcome;
import io.sallyport.mqtt.Router;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.watson.topic.HeldFilters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The engine's routing in a few lines: scopes, filters, retained messages, the delivery check. */
public final class SmallBroker implements Router {
  /** A message as it was routed. */
  public record Routed(Scope scope, Message message) {}

  private record Indexed(Scope scope, String filter, TestClient client) {}

  private final List<Indexed> index = new ArrayList<>();
  private final Map<Scope, Map<String, Message>> retained = new HashMap<>();
  private final List<Routed> routed = new ArrayList<>();
  private final List<Object> ended = new ArrayList<>();

  @Override
  public int route(Scope scope, Message message, @Nullable SessionKey publisher) {
    routed.add(new Routed(scope, message));
    int copies = 0;
    for (Indexed subscription : List.copyOf(index)) {
      if (subscription.scope.equals(scope)
          && HeldFilters.matches(subscription.filter, message.topic())
          && subscription.client.offer(message, false)) {
        copies++;
      }
    }
    return copies;
  }

  @Override
  public RetainOutcome routeRetained(Scope scope, Message message, @Nullable SessionKey publisher) {
    retained.computeIfAbsent(scope, key -> new HashMap<>()).put(message.topic(), message);
    return new RetainOutcome.Routed(route(scope, message, publisher));
  }

  @Override
  public void clearRetained(Scope scope, String topic) {
    retained.getOrDefault(scope, new HashMap<>()).remove(topic);
  }

  @Override
  public void clearScope(Scope scope) {
    retained.remove(scope);
  }

  @Override
  public void endSession(SessionKey session) {
    ended.add(session);
  }

  /** It keeps no sessions, only what it was told: a client is gone when its connection is. */
  public List<Object> ended() {
    return List.copyOf(ended);
  }

  @Override
  public void endSessions(Scope scope, String owner) {
    ended.add(List.of(scope, owner));
  }

  @Override
  public void endSessions(Scope scope) {
    ended.add(scope);
  }

  /** Topics of the scope's retained messages. */
  public List<String> retainedTopics(Scope scope) {
    return List.copyOf(retained.getOrDefault(scope, Map.of()).keySet());
  }

  public List<Routed> routed() {
    return List.copyOf(routed);
  }

  void subscribe(Scope scope, String filter, TestClient client) {
    index.add(new Indexed(scope, filter, client));
    retained
        .getOrDefault(scope, Map.of())
        .forEach((topic, message) -> {
          if (HeldFilters.matches(filter, topic)) {
            client.offer(message, true);
          }
        });
  }

  void remove(TestClient client) {
    index.removeIf(subscription -> subscription.client == client);
  }
}
