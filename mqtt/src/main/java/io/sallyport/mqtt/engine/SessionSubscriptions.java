package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.SubscribeOutcome.Granted;
import io.sallyport.mqtt.codec.MqttPacket.RetainHandling;
import io.sallyport.mqtt.codec.SubscriptionIds;
import io.sallyport.mqtt.store.StoredSubscription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The filters one session holds, compared exactly [MQTT-3.10.4-1]; those that the engine delivers
 * stand in their scope's index too, shared ones in their groups. Belongs to the session's loop.
 */
final class SessionSubscriptions {
  /** One filter; the group is set exactly if it is a shared one. */
  private record Held(Granted granted, @Nullable ShareGroup<Session> group) {}

  private final Scopes scopes;
  private final Session session;
  private @Nullable Map<String, Held> byFilter;

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
    byFilter.forEach(
        (filter, entry) -> held.add(new HeldSubscription(filter, entry.granted.qos())));
    return List.copyOf(held);
  }

  void forEachGroup(Consumer<ShareGroup<Session>> action) {
    if (byFilter != null) {
      for (Held entry : byFilter.values()) {
        if (entry.group != null) {
          action.accept(entry.group);
        }
      }
    }
  }

  /**
   * Adds, or replaces without a gap in delivery [MQTT-3.8.4-3].
   *
   * @return false when the index has no room for it; nothing has changed then
   */
  boolean put(String filter, Granted granted, SubscriptionOptions options) {
    if (granted.indexed()
        && !scopes
            .state(granted.scope())
            .subscriptions()
            .putIfRoom(filter, grant(granted, options))) {
      return false;
    }
    noteHeld(filter, granted);
    return true;
  }

  private void noteHeld(String filter, Granted granted) {
    Held old = hold(filter, new Held(granted, null));
    boolean replaced =
        old != null && granted.indexed() && old.granted.scope().equals(granted.scope());
    if (old != null && !replaced) {
      unindex(filter, old);
    }
  }

  /**
   * Adds or replaces a membership.
   *
   * @param filter the whole text, as the client gave it
   * @return null when the limits on groups keep it out; what was held by that text is held still
   */
  @Nullable ShareGroup<Session> join(
      String filter, SharedFilter shared, Granted granted, SubscriptionOptions options) {
    ShareGroup.Key key =
        new ShareGroup.Key(
            granted.shareKey().isPresent(),
            granted.shareKey().orElse(session.key().owner()),
            shared);
    ShareGroup<Session> group =
        scopes.state(granted.scope()).groups().join(key, grant(granted, options));
    if (group == null) {
      return null;
    }
    Held old = hold(filter, new Held(granted, group));
    if (old != null && old.group != group) {
      unindex(filter, old);
    }
    return group;
  }

  /** After a restart; one that its group has no room for any more is left out. */
  void restore(StoredSubscription stored) {
    SubscriptionOptions options =
        new SubscriptionOptions(
            stored.qos(),
            stored.noLocal(),
            stored.retainAsPublished(),
            RetainHandling.values()[stored.retainHandling()],
            stored.identifier());
    Granted granted =
        new Granted(
            stored.scope(), stored.qos(), stored.indexed(), Optional.ofNullable(stored.shareKey()));
    SharedFilter shared =
        SharedFilter.isShared(stored.filter()) ? SharedFilter.parse(stored.filter()) : null;
    if (shared == null) { // It had its room before.
      if (granted.indexed()) {
        scopes.state(granted.scope()).subscriptions().put(stored.filter(), grant(granted, options));
      }
      noteHeld(stored.filter(), granted);
    } else {
      ShareGroup<Session> _ = join(stored.filter(), shared, granted, options);
    }
  }

  static StoredSubscription stored(String filter, Granted granted, SubscriptionOptions options) {
    return new StoredSubscription(
        filter,
        granted.scope(),
        granted.qos(),
        granted.indexed(),
        options.noLocal(),
        options.retainAsPublished(),
        options.retainHandling().ordinal(),
        options.identifier(),
        granted.shareKey().orElse(null));
  }

  /** False when it was not held. */
  boolean remove(String filter) {
    Held old = byFilter == null ? null : byFilter.remove(filter);
    if (old == null) {
      return false;
    }
    unindex(filter, old);
    session.outflow().forgetRetained(filter);
    if (old.group != null) {
      session.outflow().leave(old.group);
    }
    return true;
  }

  /** The session ends: its outflow passes on what its groups are left with. */
  void removeAll() {
    if (byFilter != null) {
      byFilter.forEach(this::unindex);
      byFilter = null;
    }
  }

  private @Nullable Held hold(String filter, Held entry) {
    if (byFilter == null) {
      byFilter = new LinkedHashMap<>(4);
    }
    return byFilter.put(filter, entry);
  }

  private Grant<Session> grant(Granted granted, SubscriptionOptions options) {
    SessionKey notFrom = options.noLocal() ? session.key() : null;
    SubscriptionIds ids =
        options.identifier() == 0 ? SubscriptionIds.NONE : SubscriptionIds.of(options.identifier());
    return new Grant<>(session, granted.qos(), notFrom, options.retainAsPublished(), ids);
  }

  private void unindex(String filter, Held entry) {
    Scopes.State state = scopes.state(entry.granted.scope());
    if (entry.group != null) {
      state.groups().leave(entry.group, session);
    } else if (entry.granted.indexed()) {
      state.subscriptions().remove(filter, session);
    }
  }
}
