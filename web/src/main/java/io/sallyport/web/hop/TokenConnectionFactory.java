package io.sallyport.web.hop;

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
  private final InnerHopConfig config;

  TokenConnectionFactory(PeerTable peers, ConnectionFactory next, InnerHopConfig config) {
    super(PROTOCOL);
    this.peers = peers;
    this.next = next;
    this.config = config;
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return configure(
        new TokenConnection(endPoint, connector, peers, next, config), connector, endPoint);
  }
}
