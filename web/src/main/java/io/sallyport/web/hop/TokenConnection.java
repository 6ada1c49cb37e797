package io.sallyport.web.hop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the 16 bytes of the token and not one more; a good one makes this an HTTP connection of the
 * peer it stands for, anything else closes it with nothing sent (THREATS T16).
 */
final class TokenConnection extends AbstractConnection {
  private static final Logger LOG = LoggerFactory.getLogger(TokenConnection.class);

  private final Connector connector;
  private final PeerTable peers;
  private final ConnectionFactory next;
  private final InnerHopConfig config;
  private final ByteBuffer token = ByteBuffer.allocate(PeerTable.TOKEN_BYTES);
  private volatile Scheduler.@Nullable Task deadline;

  TokenConnection(
      EndPoint endPoint,
      Connector connector,
      PeerTable peers,
      ConnectionFactory next,
      InnerHopConfig config) {
    super(endPoint, connector.getExecutor());
    this.connector = connector;
    this.peers = peers;
    this.next = next;
    this.config = config;
  }

  @Override
  public void onOpen() {
    super.onOpen();
    // For the whole token: an idle time-out would begin anew with every byte.
    deadline =
        connector
            .getScheduler()
            .schedule(
                () -> refuse("no token in time"),
                config.tokenTimeMax().toMillis(),
                TimeUnit.MILLISECONDS);
    fillInterested();
  }

  @Override
  public void onFillable() {
    try {
      while (token.position() < PeerTable.TOKEN_BYTES) {
        int filled = fill();
        if (filled < 0) {
          refuse("closed before the token");
          return;
        }
        if (filled == 0) {
          fillInterested();
          return;
        }
      }
    } catch (IOException e) {
      refuse(e.toString());
      return;
    }
    Optional<PeerRecord> peer = peers.take(token.array());
    if (peer.isEmpty()) {
      refuse("unknown token");
    } else if (settle()) {
      RequestPace pace =
          new RequestPace(
              System::nanoTime,
              config.headTimeMax(),
              config.bodyGrace(),
              config.bodyBytesPerSecondMin());
      PeerEndPoint client =
          new PeerEndPoint(getEndPoint(), peer.get(), pace, connector.getScheduler());
      Connection http = next.newConnection(connector, client);
      http.addEventListener(client.end());
      getEndPoint().upgrade(http);
    }
  }

  /** Jetty fills behind the limit of a buffer in its own "flush" mode: from position to limit. */
  private int fill() throws IOException {
    ByteBuffer part = ByteBuffer.allocate(PeerTable.TOKEN_BYTES - token.position());
    part.limit(0);
    int filled = getEndPoint().fill(part);
    if (filled > 0) {
      token.put(part);
    }
    return filled;
  }

  /** Whether the deadline was still waiting; it closes the connection else. */
  private boolean settle() {
    Scheduler.Task task = deadline;
    return task == null || task.cancel();
  }

  private void refuse(String reason) {
    settle();
    LOG.debug("inner connection refused: {}", reason);
    getEndPoint().close();
  }

  @Override
  public void onClose(@Nullable Throwable cause) {
    settle();
    super.onClose(cause);
  }
}
