package io.sallyport.web.hop;

import io.sallyport.platform.certificate.UnverifiedChain;
import jakarta.servlet.ServletRequest;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Who is at the other end of an HTTP connection, as the front saw it (THREATS T16). It lives and
 * dies with the connection, and every request of the connection carries it.
 *
 * @param connectionId the front's number of the connection, for logs
 * @param listener the front's listener
 * @param secure whether the client came over TLS
 * @param tlsProtocol e.g. {@code TLSv1.3}, empty without TLS
 * @param cipherSuite empty without TLS
 * @param sniHost the host name that the client asked for, only a hint
 * @param chain what the client showed in the handshake; only {@code DeviceAuthenticator} may read
 *     it
 * @param messagingOnly whether the listener serves only the messaging API over HTTP
 * @param cut ends the client's connection at once, for any thread; blocks nobody
 */
public record PeerRecord(
    long connectionId,
    String listener,
    InetSocketAddress remote,
    InetSocketAddress local,
    boolean secure,
    String tlsProtocol,
    String cipherSuite,
    Optional<String> sniHost,
    UnverifiedChain chain,
    boolean messagingOnly,
    Runnable cut) {

  /** The request attribute that holds the record. */
  public static final String ATTRIBUTE = "io.sallyport.peer";

  /**
   * The record of a request.
   *
   * @throws IllegalStateException when the request did not come through the front
   */
  public static PeerRecord of(ServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof PeerRecord peer) {
      return peer;
    }
    throw new IllegalStateException("request without a peer record");
  }
}
