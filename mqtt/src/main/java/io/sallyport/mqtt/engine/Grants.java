package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Qos;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The subscribers of one filter, each with its QoS. One writer at a time (under its tree's lock);
 * readers see a snapshot. Adding is cheap: a snapshot's array may have room behind its end.
 */
final class Grants<S> {
  /** One subscriber and the QoS it was granted. */
  record Grant<S>(S subscriber, Qos qos) {}

  /** Never changes up to its size. */
  static final class Snapshot<S> {
    private final @Nullable Object[] items;
    private final int size;

    private Snapshot(@Nullable Object[] items, int size) {
      this.items = items;
      this.size = size;
    }

    int size() {
      return size;
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // Only grants of S are put below the size.
    Grant<S> get(int index) {
      return (Grant<S>) items[index];
    }
  }

  private volatile Snapshot<S> snapshot = new Snapshot<>(new @Nullable Object[0], 0);

  Snapshot<S> snapshot() {
    return snapshot;
  }

  boolean isEmpty() {
    return snapshot.size == 0;
  }

  void put(S subscriber, Qos qos) {
    Snapshot<S> now = snapshot;
    Grant<S> grant = new Grant<>(subscriber, qos);
    int index = indexOf(now, subscriber);
    if (index >= 0) {
      @Nullable Object[] copy = now.items.clone();
      copy[index] = grant;
      snapshot = new Snapshot<>(copy, now.size);
      return;
    }
    @Nullable Object[] items =
        now.size < now.items.length
            ? now.items
            : Arrays.copyOf(now.items, now.size == 0 ? 1 : now.size * 2);
    items[now.size] = grant;
    snapshot = new Snapshot<>(items, now.size + 1);
  }

  void remove(S subscriber) {
    Snapshot<S> now = snapshot;
    int index = indexOf(now, subscriber);
    if (index < 0) {
      return;
    }
    @Nullable Object[] copy = new @Nullable Object[now.size - 1];
    System.arraycopy(now.items, 0, copy, 0, index);
    System.arraycopy(now.items, index + 1, copy, index, now.size - 1 - index);
    snapshot = new Snapshot<>(copy, copy.length);
  }

  private static <S> int indexOf(Snapshot<S> in, S subscriber) {
    for (int i = 0; i < in.size; i++) {
      if (in.get(i).subscriber().equals(subscriber)) {
        return i;
      }
    }
    return -1;
  }
}
