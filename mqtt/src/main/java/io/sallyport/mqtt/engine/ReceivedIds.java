package io.sallyport.mqtt.engine;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Packet ids of QoS 2 messages that a client has sent and not released: the memory that makes
 * delivery exactly once. Bounded. Belongs to the session's loop.
 */
final class ReceivedIds {
  private final int max;
  private final Map<Integer, PendingAck> byId = new HashMap<>();

  ReceivedIds(int max) {
    this.max = max;
  }

  @Nullable PendingAck find(int packetId) {
    return byId.get(packetId);
  }

  /** False when the bound is reached. */
  boolean add(PendingAck ack) {
    if (byId.size() >= max) {
      return false;
    }
    byId.put(ack.packetId(), ack);
    return true;
  }

  void remove(int packetId) {
    byId.remove(packetId);
  }
}
