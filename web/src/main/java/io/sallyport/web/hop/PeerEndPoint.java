package io.sallyport.web.hop;

import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ProxyConnectionFactory.ProxyEndPoint;
import org.jspecify.annotations.Nullable;

/**
 * An inner connection seen as the client's: addresses, TLS and record are the peer's, the bytes go
 * through the connection below. Made per connection and never reused, so the record goes with it.
 */
final class PeerEndPoint extends ProxyEndPoint {
  private final PeerRecord peer;

  PeerEndPoint(EndPoint below, PeerRecord peer) {
    super(below, peer.local(), peer.remote(), null, sslData(peer));
    this.peer = peer;
  }

  PeerRecord peer() {
    return peer;
  }

  /** Without certificates: a chain that nobody verified must not stand where frameworks look. */
  private static @Nullable SslSessionData sslData(PeerRecord peer) {
    return peer.secure() ? SslSessionData.from(null, null, peer.cipherSuite(), null) : null;
  }
}
