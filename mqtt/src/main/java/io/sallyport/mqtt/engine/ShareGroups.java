package io.sallyport.mqtt.engine;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The shared subscriptions of one scope, indexed by their inner filter apart from the ordinary
 * ones: a client that holds both gets both copies. Matching takes no lock.
 */
final class ShareGroups<S> {
  private final MqttConfig.Subscriptions limits;
  private final TopicTree<ShareGroup<S>> index;
  private final Map<ShareGroup.Key, ShareGroup<S>> byKey = new HashMap<>();

  /**
   * @param bytes that the index counts into
   */
  ShareGroups(MqttConfig.Subscriptions limits, HeldBytes bytes) {
    this.limits = limits;
    this.index = new TopicTree<>(limits.matchVisitsMax(), bytes);
  }

  /**
   * Adds the member, or replaces what it had.
   *
   * @return null when the scope has no room for another group or the group for another member
   */
  synchronized @Nullable ShareGroup<S> join(ShareGroup.Key key, Grant<S> member) {
    ShareGroup<S> group = byKey.get(key);
    if (group == null) {
      if (byKey.size() >= limits.groupsPerScopeMax()) {
        return null;
      }
      group = new ShareGroup<>(key);
      if (!index.putIfRoom(key.shared().filter(), Grant.of(group, member.qos()))) {
        return null;
      }
      group.members().put(member);
      byKey.put(key, group);
      return group;
    }
    if (group.members().size() >= limits.membersPerGroupMax()
        && !group.members().holds(member.subscriber())) {
      return null;
    }
    group.members().put(member);
    return group;
  }

  synchronized void leave(ShareGroup<S> group, S member) {
    group.members().remove(member);
    if (group.members().isEmpty() && byKey.remove(group.key(), group)) {
      index.remove(group.key().shared().filter(), group);
    }
  }

  boolean isEmpty() {
    return index.isEmpty();
  }

  /** Each group as one subscriber. */
  Matches<ShareGroup<S>> match(String topic) {
    return index.match(topic, null);
  }
}
