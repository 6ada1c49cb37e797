package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.CloseReason;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections that have not logged in, per listener and address. When there are too many, the
 * oldest idle one of the address that has most is closed, never the newcomer from a quiet address
 * (THREATS T21). Thread-safe.
 */
final class PendingLogins {
  private final MqttConfig.Logins limits;
  private final EngineMetrics metrics;
  private final Map<String, Listener> listeners = new HashMap<>();

  PendingLogins(MqttConfig.Logins limits, EngineMetrics metrics) {
    this.limits = limits;
    this.metrics = metrics;
  }

  /** False when there is no room and nobody idle to make room. */
  boolean add(Connection connection) {
    Connection victim = null;
    synchronized (this) {
      Listener listener =
          listeners.computeIfAbsent(connection.info().listener(), _ -> new Listener());
      String address = block(connection.info().remote());
      Group group = listener.groups.get(address);
      if (group != null && group.connections.size() >= limits.perAddressMax()) {
        victim = listener.evictFrom(address, group);
      } else if (listener.size >= limits.perListenerMax()) {
        victim = listener.evictFromLargest();
      }
      boolean full =
          listener.size >= limits.perListenerMax()
              || listener.sizeOf(address) >= limits.perAddressMax();
      if (full) {
        return false;
      }
      listener.add(address, connection);
      showSize();
    }
    if (victim != null) {
      metrics.pendingEvicted();
      victim.requestClose(CloseReason.NO_DATA);
    }
    return true;
  }

  /** Has no effect when the connection is not there any more. */
  synchronized void remove(Connection connection) {
    Listener listener = listeners.get(connection.info().listener());
    if (listener != null) {
      listener.remove(block(connection.info().remote()), connection);
      showSize();
    }
  }

  private void showSize() {
    int size = 0;
    for (Listener listener : listeners.values()) {
      size += listener.size;
    }
    metrics.pendingLogins().set(size);
  }

  /** An IPv4 address, or the /64 that one IPv6 customer has. */
  private static String block(InetSocketAddress remote) {
    InetAddress address = remote.getAddress();
    if (address instanceof Inet6Address v6) {
      return HexFormat.of().formatHex(Arrays.copyOf(v6.getAddress(), 8));
    }
    return address == null ? remote.getHostString() : address.getHostAddress();
  }

  private static final class Group {
    final LinkedHashSet<Connection> connections = new LinkedHashSet<>();
  }

  private static final class Listener {
    final Map<String, Group> groups = new HashMap<>();
    int size;

    void add(String address, Connection connection) {
      if (groups.computeIfAbsent(address, _ -> new Group()).connections.add(connection)) {
        size++;
      }
    }

    void remove(String address, Connection connection) {
      Group group = groups.get(address);
      if (group != null && group.connections.remove(connection)) {
        size--;
        if (group.connections.isEmpty()) {
          groups.remove(address);
        }
      }
    }

    int sizeOf(String address) {
      Group group = groups.get(address);
      return group == null ? 0 : group.connections.size();
    }

    @Nullable Connection evictFromLargest() {
      String largest = null;
      Group group = null;
      for (Map.Entry<String, Group> entry : groups.entrySet()) {
        if (group == null || entry.getValue().connections.size() > group.connections.size()) {
          largest = entry.getKey();
          group = entry.getValue();
        }
      }
      return largest == null || group == null ? null : evictFrom(largest, group);
    }

    @Nullable Connection evictFrom(String address, Group group) {
      for (Connection candidate : group.connections) {
        if (candidate.isIdleBeforeConnect()) {
          remove(address, candidate);
          return candidate;
        }
      }
      return null;
    }
  }
}
