package io.sallyport.mqtt.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one filter. One writer at a time (under its tree's lock); readers see a
 * snapshot. Adding is cheap: a snapshot's array may have room behind its end.
 */
final class Grants<S> {
  /** Above this a subscriber's place is found by hash. */
  private static final int SCAN_MAX = 32;

  /** Never changes up to its size. */
  static final class Snapshot<S> {
    private final @Nullable Object[] items;
    private final int size;
    private final boolean noLocal;

    private Snapshot(@Nullable Object[] items, int size, boolean noLocal) {
      this.items = items;
      this.size = size;
      this.noLocal = noLocal;
    }

    int size() {
      return size;
    }

    /** Whether some subscriber may have to be left out, depending on who publishes. */
    boolean hasNoLocal() {
      return noLocal;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // Only grants of S are put below the size.
    Grant<S> get(int index) {
      return (Grant<S>) items[index];
    }
  }

  private static final Snapshot<?> EMPTY = new Snapshot<>(new @Nullable Object[0], 0, false);

  private volatile Snapshot<S> snapshot = empty();
  private @Nullable Map<S, Integer> positions;

  @SuppressWarnings("unchecked") // Empty, so of every type of subscriber.
  private static <S> Snapshot<S> empty() {
    return (Snapshot<S>) EMPTY;
  }

  Snapshot<S> snapshot() {
    return snapshot;
  }

  int size() {
    return snapshot.size;
  }

  boolean isEmpty() {
    return snapshot.size == 0;
  }

  boolean holds(S subscriber) {
    return indexOf(snapshot, subscriber) >= 0;
  }

  void put(Grant<S> grant) {
    Snapshot<S> now = snapshot;
    boolean noLocal = now.noLocal || grant.notFrom() != null;
    int index = indexOf(now, grant.subscriber());
    if (index >= 0) {
      @Nullable Object[] copy = now.items.clone();
      copy[index] = grant;
      snapshot = new Snapshot<>(copy, now.size, noLocal);
      return;
    }
    @Nullable Object[] items =
        now.size < now.items.length
            ? now.items
            : Arrays.copyOf(now.items, now.size == 0 ? 1 : now.size * 2);
    items[now.size] = grant;
    if (positions != null) {
      positions.put(grant.subscriber(), now.size);
    }
    snapshot = new Snapshot<>(items, now.size + 1, noLocal);
  }

  void remove(S subscriber) {
    Snapshot<S> now = snapshot;
    int index = indexOf(now, subscriber);
    if (index < 0) {
      return;
    }
    int last = now.size - 1;
    if (last == 0) {
      snapshot = empty();
      return;
    }
    @Nullable Object[] copy = Arrays.copyOf(now.items, last);
    if (positions != null) {
      positions.remove(subscriber);
    }
    if (index < last) { // The last one takes the place.
      Grant<S> moved = now.get(last);
      copy[index] = moved;
      if (positions != null) {
        positions.put(moved.subscriber(), index);
      }
    }
    if (last <= SCAN_MAX) {
      positions = null;
    }
    snapshot = new Snapshot<>(copy, last, now.noLocal);
  }

  private int indexOf(Snapshot<S> in, S subscriber) {
    if (in.size <= SCAN_MAX) {
      for (int i = 0; i < in.size; i++) {
        if (in.get(i).subscriber().equals(subscriber)) {
          return i;
        }
      }
      return -1;
    }
    Map<S, Integer> map = positions;
    if (map == null) {
      map = new HashMap<>();
      for (int i = 0; i < in.size; i++) {
        map.put(in.get(i).subscriber(), i);
      }
      positions = map;
    }
    Integer position = map.get(subscriber);
    return position == null ? -1 : position;
  }
}
