package io.sallyport.platform.identity;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What waits, in turns between tenants, then between address blocks (THREATS T44). When it is full,
 * the newest of the longest lane gives way to a newcomer from a shorter one; else the newcomer is
 * refused. Not thread-safe.
 *
 * @param <T> what waits
 */
final class HashTurns<T> {
  private final int waitingMax;
  private final Consumer<T> refused;

  // Insertion order is the order of turns.
  private final LinkedHashMap<String, LinkedHashMap<String, Deque<T>>> lanes =
      new LinkedHashMap<>();
  private int waiting;

  HashTurns(int waitingMax, Consumer<T> refused) {
    this.waitingMax = waitingMax;
    this.refused = refused;
  }

  int size() {
    return waiting;
  }

  /** Takes the entry in, or refuses it. */
  void add(HashLane lane, T entry) {
    if (waiting >= waitingMax && !makeRoomFor(lane)) {
      refused.accept(entry);
      return;
    }
    lanes
        .computeIfAbsent(lane.tenant(), tenant -> new LinkedHashMap<>())
        .computeIfAbsent(lane.address(), address -> new ArrayDeque<>())
        .addLast(entry);
    waiting++;
  }

  /**
   * Refuses the newest entry of the lane that takes most, unless the newcomer's takes as much:
   * first tenants are compared, then the addresses of the chosen tenant.
   */
  private boolean makeRoomFor(HashLane newcomer) {
    String tenant = newcomer.tenant();
    int own = tenantSize(tenant);
    for (String other : lanes.keySet()) {
      if (tenantSize(other) > Math.max(own + 1, tenantSize(tenant))) {
        tenant = other;
      }
    }
    LinkedHashMap<String, Deque<T>> addresses = lanes.get(tenant);
    if (addresses == null) {
      return false;
    }
    boolean sameTenant = tenant.equals(newcomer.tenant());
    Deque<T> mine = sameTenant ? addresses.get(newcomer.address()) : null;
    int longest = sameTenant ? (mine == null ? 0 : mine.size()) + 1 : 0;
    String victim = null;
    for (Map.Entry<String, Deque<T>> address : addresses.entrySet()) {
      if (address.getValue().size() > longest) {
        longest = address.getValue().size();
        victim = address.getKey();
      }
    }
    if (victim == null) {
      return false;
    }
    Deque<T> lane = addresses.get(victim);
    if (lane == null) {
      return false;
    }
    refused.accept(lane.removeLast());
    waiting--;
    if (lane.isEmpty()) {
      addresses.remove(victim);
    }
    if (addresses.isEmpty()) {
      lanes.remove(tenant);
    }
    return true;
  }

  private int tenantSize(String tenant) {
    Map<String, Deque<T>> addresses = lanes.get(tenant);
    return addresses == null ? 0 : addresses.values().stream().mapToInt(Deque::size).sum();
  }

  /**
   * The first tenant's first lane's eldest; both go to the end of the turn.
   *
   * @throws java.util.NoSuchElementException if nothing waits
   */
  T take() {
    Iterator<Map.Entry<String, LinkedHashMap<String, Deque<T>>>> tenants =
        lanes.entrySet().iterator();
    Map.Entry<String, LinkedHashMap<String, Deque<T>>> tenant = tenants.next();
    tenants.remove();
    LinkedHashMap<String, Deque<T>> addresses = tenant.getValue();
    Iterator<Map.Entry<String, Deque<T>>> lanesOfTenant = addresses.entrySet().iterator();
    Map.Entry<String, Deque<T>> lane = lanesOfTenant.next();
    lanesOfTenant.remove();
    T next = lane.getValue().removeFirst();
    if (!lane.getValue().isEmpty()) {
      addresses.put(lane.getKey(), lane.getValue());
    }
    if (!addresses.isEmpty()) {
      lanes.put(tenant.getKey(), addresses);
    }
    waiting--;
    return next;
  }
}
