package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.SessionKey;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The subscription index of one scope: a trie of filter levels (MESSAGING.md section 4). Changes
 * take its lock; matching takes none, is iterative, and allocates nothing per level.
 */
final class TopicTree<S> {
  /** What one level of a filter costs beside its text, measured. */
  private static final long NODE_BYTES = 160;

  /** What one subscriber of a filter costs beside its text, what its session holds included. */
  private static final long SUBSCRIBER_BYTES = 200;

  private final TopicNode<S> root = new TopicNode<>("");
  private final int visitsMax;
  private final HeldBytes bytes;

  /**
   * @param visitsMax nodes that one topic may lead to: filters of many wildcards can be combined so
   *     that one topic leads to all of them
   */
  TopicTree(int visitsMax) {
    this(visitsMax, new HeldBytes(Long.MAX_VALUE));
  }

  /**
   * @param bytes that the index counts into, about as the heap does
   */
  TopicTree(int visitsMax, HeldBytes bytes) {
    this.visitsMax = visitsMax;
    this.bytes = bytes;
  }

  /** As {@link #putIfRoom}, also beyond the bound. */
  synchronized void put(String filter, Grant<S> grant) {
    boolean _ = put(filter, grant, true);
  }

  /**
   * Adds, or replaces what the subscriber had by that filter.
   *
   * @return false when that takes more memory than there is for the index; nothing has changed then
   */
  synchronized boolean putIfRoom(String filter, Grant<S> grant) {
    return put(filter, grant, false);
  }

  private boolean put(String filter, Grant<S> grant, boolean anyway) {
    String[] levels = filter.split("/", -1);
    int depth = namedDepth(levels);
    boolean multi = depth < levels.length;
    TopicNode<S> node = root;
    int known = 0;
    for (TopicNode<S> next = root; next != null && known <= depth; known++) {
      node = next;
      next = known < depth ? node.childOf(levels[known]) : null;
    }
    known--; // Levels that are there.
    boolean held =
        known == depth && (multi ? node.multi() : node.exact()).holds(grant.subscriber());
    if (!held) {
      long cost = subscriberBytes(filter);
      for (int i = known; i < depth; i++) {
        cost += nodeBytes(levels[i]);
      }
      if (!anyway && bytes.isFullFor(cost)) {
        return false;
      }
      bytes.add(cost);
    }
    for (int i = known; i < depth; i++) {
      node = node.childOrNew(levels[i]);
    }
    (multi ? node.multi() : node.exact()).put(grant);
    return true;
  }

  private static long subscriberBytes(String filter) {
    return SUBSCRIBER_BYTES + filter.length();
  }

  private static long nodeBytes(String level) {
    return NODE_BYTES + level.length();
  }

  synchronized void remove(String filter, S subscriber) {
    String[] levels = filter.split("/", -1);
    int depth = namedDepth(levels);
    Deque<TopicNode<S>> path = new ArrayDeque<>(depth + 1);
    TopicNode<S> node = root;
    for (int i = 0; i < depth; i++) {
      path.push(node);
      node = node.childOf(levels[i]);
      if (node == null) {
        return;
      }
    }
    Grants<S> grants = depth < levels.length ? node.multi() : node.exact();
    if (!grants.holds(subscriber)) {
      return;
    }
    grants.remove(subscriber);
    long freed = subscriberBytes(filter);
    TopicNode<S> child = node;
    while (!path.isEmpty() && child.isEmpty()) {
      TopicNode<S> parent = path.pop();
      parent.remove(child);
      freed += nodeBytes(levels[path.size()]);
      child = parent;
    }
    bytes.add(-freed);
  }

  boolean isEmpty() {
    return root.isEmpty();
  }

  /**
   * Literal levels are followed before {@code +}: what is cut short by the bound are wildcards.
   *
   * @param publisher whose No Local grants are left out
   */
  Matches<S> match(String topic, @Nullable SessionKey publisher) {
    Matches<S> matches = new Matches<>(publisher);
    // MQTT-4.7.2-1: leading wildcards don't reach topics that begin with $.
    boolean wildcardsAtRoot = topic.charAt(0) != '$';
    LevelKey probe = LevelKey.probe();
    Stack<S> stack = new Stack<>();
    stack.push(root, 0);
    int length = topic.length();
    int visits = 0;
    while (stack.size > 0 && visits < visitsMax) {
      visits++;
      stack.size--;
      TopicNode<S> node = stack.node();
      int start = stack.starts[stack.size];
      boolean wildcards = node != root || wildcardsAtRoot;
      if (wildcards) {
        matches.add(node.multi());
      }
      if (start > length) {
        matches.add(node.exact());
        continue;
      }
      int slash = topic.indexOf('/', start);
      int end = slash < 0 ? length : slash;
      TopicNode<S> plus = node.plus();
      if (plus != null && wildcards) {
        stack.push(plus, end + 1);
      }
      TopicNode<S> child = node.child(probe.moveTo(topic, start, end));
      if (child != null) {
        stack.push(child, end + 1);
      }
    }
    matches.searched(visits, stack.size > 0);
    return matches;
  }

  /** Levels before a final {@code #}. */
  private static int namedDepth(String[] levels) {
    int last = levels.length - 1;
    return levels[last].equals("#") ? last : levels.length;
  }

  /** Nodes still to visit, each with where the next level of the topic begins. */
  private static final class Stack<S> {
    private @Nullable Object[] nodes = new @Nullable Object[8];
    private int[] starts = new int[8];
    private int size;

    void push(TopicNode<S> node, int start) {
      if (size == nodes.length) {
        nodes = Arrays.copyOf(nodes, size * 2);
        starts = Arrays.copyOf(starts, size * 2);
      }
      nodes[size] = node;
      starts[size] = start;
      size++;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // Only push fills the array, up to the size.
    TopicNode<S> node() {
      return (TopicNode<S>) nodes[size];
    }
  }
}
