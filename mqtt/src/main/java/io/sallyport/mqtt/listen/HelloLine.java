package io.sallyport.mqtt.listen;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Those whose ClientHello has come and whose handshake has not been computed yet, at one handshake
 * loop. Clients that come back and strangers are served in turn: while both wait each kind gets
 * half of the loop's time, however many the other are; alone it gets all (THREATS T21). Belongs to
 * its loop. Its length is bounded by the limits of connections that wait at the listeners.
 */
final class HelloLine {
  private final Executor loop;
  private final Deque<Runnable> familiar = new ArrayDeque<>();
  private final Deque<Runnable> strangers = new ArrayDeque<>();
  private boolean serving;
  private boolean strangersTurn;

  /**
   * @param loop runs one step after the other, and reads sockets in between
   */
  HelloLine(Executor loop) {
    this.loop = loop;
  }

  /**
   * @param comesBack whether it is known to have been here before
   * @param handshake what to do when its turn comes; it must not throw
   */
  void add(boolean comesBack, Runnable handshake) {
    (comesBack ? familiar : strangers).add(handshake);
    if (!serving) {
      serving = true;
      loop.execute(this::serve);
    }
  }

  private void serve() {
    Runnable handshake = next();
    if (handshake == null) {
      serving = false;
      return;
    }
    loop.execute(this::serve);
    handshake.run();
  }

  private @Nullable Runnable next() {
    Deque<Runnable> turn = strangersTurn ? strangers : familiar;
    Deque<Runnable> other = strangersTurn ? familiar : strangers;
    strangersTurn = !strangersTurn;
    Runnable first = turn.poll();
    return first != null ? first : other.poll();
  }
}
