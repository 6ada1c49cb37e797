package io.sallyport.mqtt;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * One socket, as the listener saw it.
 *
 * @param id unique within the process, for logs
 * @param listener the listener's name, e.g. {@code mqtts}
 * @param secure whether it came over TLS
 * @param tlsProtocol e.g. {@code TLSv1.3}, empty without TLS
 * @param cipherSuite empty without TLS
 * @param sniHost the host name that the client asked for, only a hint
 * @param peerCertificates DER, leaf first, unverified; empty without client certificate
 * @param webSocket whether MQTT came in WebSocket frames
 */
public record ConnectionInfo(
    long id,
    String listener,
    InetSocketAddress remote,
    InetSocketAddress local,
    boolean secure,
    String tlsProtocol,
    String cipherSuite,
    Optional<String> sniHost,
    List<byte[]> peerCertificates,
    boolean webSocket) {
  public ConnectionInfo {
    peerCertificates = List.copyOf(peerCertificates);
  }
}
