package io.sallyport.web.hop;

import java.time.Duration;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.AbstractConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;

/** Begins each inner connection with the reading of its token. */
final class TokenConnectionFactory extends AbstractConnectionFactory {
  private static final String PROTOCOL = "sallyport-token";

  private final PeerTable peers;
  private final ConnectionFactory next;
  private final Duration tokenTimeMax;

  TokenConnectionFactory(PeerTable peers, ConnectionFactory next, Duration tokenTimeMax) {
    super(PROTOCOL);
    this.peers = peers;
    this.next = next;
    this.tokenTimeMax = tokenTimeMax;
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return configure(
        new TokenConnection(endPoint, connector, peers, next, tokenTimeMax), connector, endPoint);
  }
}
