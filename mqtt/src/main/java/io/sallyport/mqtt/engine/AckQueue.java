package io.sallyport.mqtt.engine;

import org.jspecify.annotations.Nullable;

/** Open answers of one connection in the order of arrival, which is the order acks leave in. */
final class AckQueue {
  private @Nullable PendingAck oldest;
  private @Nullable PendingAck newest;

  void add(PendingAck ack, long nowNanos) {
    ack.next = null;
    ack.queued = true;
    ack.sinceNanos = nowNanos;
    if (newest == null) {
      oldest = ack;
    } else {
      newest.next = ack;
    }
    newest = ack;
  }

  /** The oldest, once it has been answered. */
  @Nullable PendingAck pollAnswered() {
    PendingAck ack = oldest;
    if (ack == null || ack.isOpen()) {
      return null;
    }
    oldest = ack.next;
    if (oldest == null) {
      newest = null;
    }
    ack.next = null;
    ack.queued = false;
    return ack;
  }

  @Nullable PendingAck oldest() {
    return oldest;
  }

  /** The connection has ended: its answers find no queue. */
  void abandon() {
    PendingAck ack = oldest;
    while (ack != null) {
      PendingAck following = ack.next;
      ack.next = null;
      ack.queued = false;
      ack = following;
    }
    oldest = null;
    newest = null;
  }
}
