package io.sallyport.mqtt.listen;

import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Who may hope for the half of the handshake capacity that is kept for those who come back, and the
 * line at each handshake loop (THREATS T21). Safe for use by many threads.
 *
 * <p>An address has been seen when a connection from it was with the engine for longer than a login
 * can take, so that having finished a handshake alone is not enough.
 */
final class Handshakes {
  private final ListenConfig.Handshakes limits;
  private final Map<EventLoop, HelloLine> lines = new ConcurrentHashMap<>();

  /** By {@link Crowd#key}, the longest unseen first; guarded by itself. */
  private final LinkedHashMap<ByteBuffer, Boolean> seen =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Boolean> eldest) {
          return size() > limits.addressesMax();
        }
      };

  Handshakes(ListenConfig.Handshakes limits) {
    this.limits = limits;
  }

  HelloLine line(EventLoop loop) {
    return lines.computeIfAbsent(loop, _ -> new HelloLine(step -> afterSockets(loop, step)));
  }

  /** A loop reads no socket before it has run what was executed, for up to a second. */
  private static void afterSockets(EventLoop loop, Runnable step) {
    var _ = loop.schedule(step, 1, TimeUnit.NANOSECONDS);
  }

  /** A connection from there ended which had been with the engine for so long. */
  void stayed(InetAddress address, long nanos) {
    if (nanos >= limits.stayMin().toNanos()) {
      synchronized (seen) {
        seen.put(Crowd.key(address), Boolean.TRUE);
      }
    }
  }

  boolean knows(InetAddress address) {
    synchronized (seen) {
      return seen.get(Crowd.key(address)) != null;
    }
  }
}
