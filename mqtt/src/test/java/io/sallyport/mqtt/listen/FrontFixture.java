package io.sallyport.mqtt.listen;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.SslProvider;
import io.sallyport.mqtt.ConnectionInfo;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** A front on loopback with free ports, whose MQTT side is a {@link RecordingInlet}. */
final class FrontFixture implements AutoCloseable {
  static final TestCertificates.Identity EC = TestCertificates.ec("ecdsa.test");
  static final TestCertificates.Identity RSA = TestCertificates.rsa("rsa.test");
  static final ServerIdentities IDENTITIES =
      new ServerIdentities(EC.asServer(), Optional.of(RSA.asServer()));

  final RecordingInlet inlet = new RecordingInlet();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Front front;
  private final Transport transport;

  FrontFixture(
      Transport transport,
      SslProvider provider,
      UnaryOperator<ListenConfig> change,
      ListenerConfig... listeners) {
    this.transport = transport;
    front =
        new Front(
            change.apply(ListenConfig.of(List.of(listeners))),
            transport,
            Optional.of(IDENTITIES),
            inlet,
            new NoHop(),
            meters,
            new SecureRandom(),
            provider);
    front.bind();
  }

  static FrontFixture with(ListenerConfig... listeners) {
    return new FrontFixture(
        Transport.best(1), ListenerTls.bestProvider(), UnaryOperator.identity(), listeners);
  }

  static ListenerConfig listener(String name, ListenerConfig.Encryption encryption) {
    return ListenerConfig.of(
        name,
        List.of("127.0.0.1"),
        0,
        "--" + name + "-port",
        encryption,
        true,
        HttpPolicy.MESSAGING_ONLY);
  }

  InetSocketAddress address(String name) {
    return front.listeners().stream()
        .filter(bound -> bound.name().equals(name))
        .findFirst()
        .orElseThrow()
        .address();
  }

  Socket connect(String name) throws java.io.IOException {
    InetSocketAddress address = address(name);
    Socket socket = new Socket(address.getAddress(), address.getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  double count(String meter, String... tags) {
    return meters.find(meter).tags(tags).counters().stream().mapToDouble(Counter::count).sum();
  }

  @Override
  public void close() {
    front.close();
    transport.close();
  }

  /** A client's TLS that trusts everybody and remembers whom it saw. */
  static SSLContext trustingClient(List<X509Certificate> seen) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAll(seen)}, null);
    return context;
  }

  static TrustManager[] trustingAll() {
    return new TrustManager[] {new TrustAll(new ArrayList<>())};
  }

  static SSLContext trustingClient() throws Exception {
    return trustingClient(new ArrayList<>());
  }

  private static final class NoHop implements HttpHop {
    @Override
    public UnixDomainSocketAddress address() {
      return UnixDomainSocketAddress.of("/nonexistent/http.sock");
    }

    @Override
    public Optional<byte[]> open(ConnectionInfo info, HttpPolicy policy, Runnable cut) {
      return Optional.empty();
    }

    @Override
    public void abandon(byte[] token) {}
  }

  private static final class TrustAll extends X509ExtendedTrustManager {
    private final List<X509Certificate> seen;

    TrustAll(List<X509Certificate> seen) {
      this.seen = seen;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      seen.add(chain[0]);
    }

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {
      seen.add(chain[0]);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      seen.add(chain[0]);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
