package io.sallyport.web.hop;

import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.device.RequestConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.ProxyConnectionFactory.ProxyEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An inner connection seen as the client's: addresses, TLS and record are the peer's, the bytes go
 * through the connection below. Made per connection and never reused, so the record goes with it.
 * Ends a connection whose client dribbles, which Jetty's idle time does not see (THREATS T21).
 */
final class PeerEndPoint extends ProxyEndPoint implements RequestConnection {
  private static final Logger LOG = LoggerFactory.getLogger(PeerEndPoint.class);

  private final PeerRecord peer;
  private final RequestPace pace;
  private final Scheduler scheduler;
  private final AtomicReference<LiveConnections.@Nullable Registration> place =
      new AtomicReference<>();
  private volatile Scheduler.@Nullable Task headDeadline;
  private volatile boolean ended;

  PeerEndPoint(EndPoint below, PeerRecord peer, RequestPace pace, Scheduler scheduler) {
    super(below, peer.local(), peer.remote(), null, sslData(peer));
    this.peer = peer;
    this.pace = pace;
    this.scheduler = scheduler;
  }

  PeerRecord peer() {
    return peer;
  }

  /** Without certificates: a chain that nobody verified must not stand where frameworks look. */
  private static @Nullable SslSessionData sslData(PeerRecord peer) {
    return peer.secure() ? SslSessionData.from(null, null, peer.cipherSuite(), null) : null;
  }

  /** A head is whole; what follows, until its request is done, is a body. */
  long headDone() {
    dropHeadDeadline();
    return pace.headDone();
  }

  /** For a server that stops: a connection on which nothing is asked has nothing to wait for. */
  void closeIfIdle() {
    if (pace.idle()) {
      close();
    }
  }

  void requestDone(long number) {
    pace.requestDone(number);
  }

  /** Ends with the HTTP connection that is built on this. */
  Connection.Listener end() {
    return new Connection.Listener() {
      @Override
      public void onClosed(Connection closed) {
        ended = true;
        giveUpPlace();
      }
    };
  }

  @Override
  public void cut() {
    LOG.debug("connection {}: what it rests on was revoked", peer.connectionId());
    peer.cut().run();
    close(new EofException("what the connection rests on was revoked"));
  }

  @Override
  public void occupy(LiveConnections.Registration next) {
    LiveConnections.Registration before = place.getAndSet(next);
    if (before != null) {
      before.close();
    }
    // Written before, read after: who ended it meanwhile may have found the one before.
    if (ended) {
      giveUpPlace();
    }
  }

  private void giveUpPlace() {
    LiveConnections.Registration last = place.getAndSet(null);
    if (last != null) {
      last.close();
    }
  }

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    int filled = super.fill(buffer);
    if (filled > 0 && !pace.came(filled)) {
      throw tooSlow();
    }
    return filled;
  }

  private EofException tooSlow() {
    LOG.debug("connection {}: the request comes too slowly", peer.connectionId());
    EofException cause = new EofException("the request comes too slowly");
    close(cause);
    return cause;
  }

  @Override
  public void fillInterested(Callback callback) {
    waitForMore();
    super.fillInterested(callback);
  }

  @Override
  public boolean tryFillInterested(Callback callback) {
    waitForMore();
    return super.tryFillInterested(callback);
  }

  private void waitForMore() {
    // Most heads come at once and never wait for a second look.
    long left = pace.headNanosLeft();
    if (left != Long.MAX_VALUE && headDeadline == null) {
      headDeadline = scheduler.schedule(this::endSlowHead, left, TimeUnit.NANOSECONDS);
    }
    pace.waits();
  }

  private void endSlowHead() {
    headDeadline = null;
    if (pace.headNanosLeft() <= 0) {
      LOG.debug("connection {}: no request head in time", peer.connectionId());
      close(new TimeoutException("no request head in time"));
    }
  }

  private void dropHeadDeadline() {
    Scheduler.Task task = headDeadline;
    headDeadline = null;
    if (task != null) {
      task.cancel();
    }
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    dropHeadDeadline();
    super.onClose(cause);
  }
}
