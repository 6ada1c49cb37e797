package io.sallyport.mqtt.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One level of the subscription trie. Changed under the tree's lock, read by any thread: every
 * field a reader follows is volatile or a concurrent map.
 */
final class TopicNode<S> {
  /** From here on children are found by hash. */
  private static final int ARRAY_MAX = 16;

  private final LevelKey level;

  /** Those whose filter ends here. */
  private final Grants<S> exact = new Grants<>();

  /** Those whose filter ends with {@code #} below this node; it matches this level too. */
  private final Grants<S> multi = new Grants<>();

  private volatile @Nullable TopicNode<S> plus;
  private volatile TopicNode<S>[] few = none();
  private volatile @Nullable Map<LevelKey, TopicNode<S>> many;

  TopicNode(String level) {
    this.level = LevelKey.stored(level);
  }

  Grants<S> exact() {
    return exact;
  }

  Grants<S> multi() {
    return multi;
  }

  @Nullable TopicNode<S> plus() {
    return plus;
  }

  @Nullable TopicNode<S> child(LevelKey name) {
    Map<LevelKey, TopicNode<S>> map = many;
    if (map != null) {
      return map.get(name);
    }
    for (TopicNode<S> node : few) {
      if (node.level.equals(name)) {
        return node;
      }
    }
    return null;
  }

  TopicNode<S> childOrNew(String name) {
    boolean wildcard = name.equals("+");
    TopicNode<S> present = wildcard ? plus : child(LevelKey.stored(name));
    if (present != null) {
      return present;
    }
    TopicNode<S> created = new TopicNode<>(name);
    if (wildcard) {
      plus = created;
    } else {
      add(created);
    }
    return created;
  }

  @Nullable TopicNode<S> childOf(String name) {
    return name.equals("+") ? plus : child(LevelKey.stored(name));
  }

  void remove(TopicNode<S> child) {
    Map<LevelKey, TopicNode<S>> map = many;
    if (child == plus) {
      plus = null;
    } else if (map != null) {
      map.remove(child.level);
    } else {
      few = without(child);
    }
  }

  boolean isEmpty() {
    Map<LevelKey, TopicNode<S>> map = many;
    return exact.isEmpty()
        && multi.isEmpty()
        && plus == null
        && (map == null ? few.length == 0 : map.isEmpty());
  }

  private void add(TopicNode<S> child) {
    Map<LevelKey, TopicNode<S>> map = many;
    TopicNode<S>[] array = few;
    if (map == null && array.length < ARRAY_MAX) {
      TopicNode<S>[] grown = Arrays.copyOf(array, array.length + 1);
      grown[array.length] = child;
      few = grown;
      return;
    }
    if (map == null) {
      map = new ConcurrentHashMap<>();
      for (TopicNode<S> node : array) {
        map.put(node.level, node);
      }
      many = map;
      few = none();
    }
    map.put(child.level, child);
  }

  private TopicNode<S>[] without(TopicNode<S> child) {
    TopicNode<S>[] array = few;
    TopicNode<S>[] rest = Arrays.copyOf(array, array.length - 1);
    int at = 0;
    for (TopicNode<S> node : array) {
      if (node != child) {
        rest[at++] = node;
      }
    }
    return rest;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // Empty, so of every element type.
  private static <S> TopicNode<S>[] none() {
    return (TopicNode<S>[]) new TopicNode[0];
  }
}
