package io.sallyport.web.hop;

import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;

/**
 * The connector of the inner hop. When the server begins to stop, connections on which nothing is
 * asked end at once, and running requests keep the idle time they had: Jetty would give both one
 * second, which cuts off a body whose client pauses.
 */
final class InnerConnector extends UnixDomainServerConnector {
  InnerConnector(Server server, InnerHopConfig config, ConnectionFactory... factories) {
    super(server, 1, 1, factories);
    setShutdownIdleTimeout(config.idleTimeMax().toMillis());
  }

  @Override
  public CompletableFuture<Void> shutdown() {
    CompletableFuture<Void> done = super.shutdown();
    getConnectedEndPoints()
        .forEach(endPoint -> {
          Connection connection = endPoint.getConnection();
          if (connection != null && connection.getEndPoint() instanceof PeerEndPoint peer) {
            peer.closeIfIdle();
          }
        });
    return done;
  }
}
