package io.sallyport.mqtt.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Subscription identifiers of one copy of a message, MQTT 5 §3.3.2.3.8: those of all the receiver's
 * matching subscriptions that have one [v5:MQTT-3.3.4-3, -4]. Immutable.
 */
public final class SubscriptionIds {
  public static final SubscriptionIds NONE = new SubscriptionIds(new int[0]);

  private final int[] ids;

  private SubscriptionIds(int[] ids) {
    this.ids = ids;
  }

  /**
   * @param id 1 to 268,435,455
   */
  public static SubscriptionIds of(int id) {
    return NONE.plus(id);
  }

  /**
   * @param id 1 to 268,435,455
   */
  public SubscriptionIds plus(int id) {
    if (id < 1 || id > VariableInteger.MAX) {
      throw new IllegalArgumentException("subscription identifier outside its range: " + id);
    }
    int[] more = Arrays.copyOf(ids, ids.length + 1);
    more[ids.length] = id;
    return new SubscriptionIds(more);
  }

  public int size() {
    return ids.length;
  }

  public int get(int index) {
    return ids[index];
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SubscriptionIds that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
