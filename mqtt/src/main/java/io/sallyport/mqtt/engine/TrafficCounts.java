package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ConnectionStats;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counts of one connection: written by its loop only, readable from any thread. */
final class TrafficCounts {
  private static final int READ_BYTES = 0;
  private static final int READ_MESSAGES = 1;
  private static final int WRITTEN_BYTES = 2;
  private static final int WRITTEN_MESSAGES = 3;

  private final AtomicLongArray counts = new AtomicLongArray(4);
  private final long connectedAtMillis;

  TrafficCounts(long connectedAtMillis) {
    this.connectedAtMillis = connectedAtMillis;
  }

  void read(long bytes) {
    add(READ_BYTES, bytes);
  }

  void readMessage() {
    add(READ_MESSAGES, 1);
  }

  void written(long bytes, int messages) {
    add(WRITTEN_BYTES, bytes);
    if (messages > 0) {
      add(WRITTEN_MESSAGES, messages);
    }
  }

  ConnectionStats snapshot() {
    return new ConnectionStats(
        connectedAtMillis,
        counts.get(READ_BYTES),
        counts.get(READ_MESSAGES),
        counts.get(WRITTEN_BYTES),
        counts.get(WRITTEN_MESSAGES));
  }

  private void add(int index, long amount) {
    counts.lazySet(index, counts.getPlain(index) + amount);
  }
}
