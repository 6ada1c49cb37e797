package io.sallyport.web.hop;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.listen.BoundListener;
import io.sallyport.mqtt.listen.Front;
import io.sallyport.mqtt.listen.HttpHop;
import io.sallyport.mqtt.listen.HttpPolicy;
import io.sallyport.mqtt.listen.ListenConfig;
import io.sallyport.mqtt.listen.ListenerConfig;
import io.sallyport.mqtt.listen.ListenerConfig.Encryption;
import io.sallyport.mqtt.listen.ServerIdentities;
import io.sallyport.mqtt.listen.TestCertificates;
import io.sallyport.mqtt.listen.Transport;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.certificate.UnverifiedChain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The real front before a real Spring Boot application, joined as the server joins them. */
final class HopFixture implements AutoCloseable {
  static final Duration IDLE_MAX = Duration.ofSeconds(3);
  static final Duration HEAD_MAX = Duration.ofSeconds(2);
  static final Duration BODY_GRACE = Duration.ofSeconds(1);

  private static final TestCertificates.Identity SERVER = TestCertificates.ec("localhost");

  final PeerTable peers = PeerTable.create(new SecureRandom());
  final InnerSocket socket;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final ConfigurableApplicationContext app;
  final HopApp.Probe probe;
  final Front front;
  private final Transport transport;

  HopFixture(Path folder, boolean nio) {
    socket = InnerSocket.in(folder.resolve("inner"), new SecureRandom());
    InnerHopConfig config =
        new InnerHopConfig(
            Duration.ofMillis(500),
            IDLE_MAX,
            HEAD_MAX,
            BODY_GRACE,
            240,
            16 * 1024,
            16 * 1024,
            32,
            4096);
    app =
        new SpringApplicationBuilder(HopApp.class)
            .initializers(context -> {
              GenericApplicationContext beans = (GenericApplicationContext) context;
              beans.registerBean(InnerHop.class, () -> new InnerHop(socket, peers, config));
              beans.registerBean(MessagingOnlyFilter.class, MessagingOnlyFilter::new);
            })
            .properties(
                "spring.main.banner-mode=off",
                "server.forward-headers-strategy=none",
                "spring.threads.virtual.enabled=true",
                "spring.lifecycle.timeout-per-shutdown-phase=10s")
            .run();
    probe = app.getBean(HopApp.Probe.class);
    transport = nio ? Transport.nio(1) : Transport.best(1);
    front =
        new Front(
            watchful(
                List.of(
                    listener("http", Encryption.PLAIN, HttpPolicy.ALL),
                    listener("https", Encryption.TLS_ASKING_CERTIFICATE, HttpPolicy.ALL),
                    listener("mqtts", Encryption.TLS, HttpPolicy.MESSAGING_ONLY))),
            transport,
            Optional.of(new ServerIdentities(SERVER.asServer(), Optional.empty())),
            (pipeline, info) -> {
              throw new AssertionError("no MQTT here");
            },
            new Hop(),
            meters,
            new SecureRandom());
    front.bind();
  }

  /** The defaults, but for looking every two seconds whether clients take their answers. */
  private static ListenConfig watchful(List<ListenerConfig> listeners) {
    ListenConfig config = ListenConfig.of(listeners);
    return new ListenConfig(
        config.listeners(),
        config.handshakeTimeMax(),
        config.sniffTimeMax(),
        config.innerConnectTimeMax(),
        Duration.ofSeconds(2),
        config.answerBytesPerSecondMin(),
        config.farewellTimeMax(),
        config.pipeLowWaterBytes(),
        config.pipeHighWaterBytes(),
        config.acceptPause(),
        config.ticketRotation(),
        config.webSocket(),
        config.handshakes());
  }

  private static ListenerConfig listener(String name, Encryption encryption, HttpPolicy http) {
    return ListenerConfig.of(name, List.of("127.0.0.1"), 0, "--x", encryption, true, http);
  }

  /** What the server module does: the front's record becomes the container's. */
  private final class Hop implements HttpHop {
    @Override
    public UnixDomainSocketAddress address() {
      return socket.address();
    }

    @Override
    public Optional<byte[]> open(ConnectionInfo info, HttpPolicy policy, Runnable cut) {
      return peers.register(
          new PeerRecord(
              info.id(),
              info.listener(),
              info.remote(),
              info.local(),
              info.secure(),
              info.tlsProtocol(),
              info.cipherSuite(),
              info.sniHost(),
              new UnverifiedChain(info.peerCertificates().stream().map(Payload::copyOf).toList()),
              policy == HttpPolicy.MESSAGING_ONLY,
              cut));
    }

    @Override
    public void abandon(byte[] token) {
      peers.abandon(token);
    }
  }

  InetSocketAddress address(String listener) {
    return front.listeners().stream()
        .filter(bound -> bound.name().equals(listener))
        .map(BoundListener::address)
        .findFirst()
        .orElseThrow();
  }

  RawHttp plain() throws IOException {
    InetSocketAddress address = address("http");
    return new RawHttp(new Socket(address.getAddress(), address.getPort()));
  }

  RawHttp plainFrom(String source) throws IOException {
    InetSocketAddress address = address("http");
    return new RawHttp(
        new Socket(address.getAddress(), address.getPort(), InetAddress.getByName(source), 0));
  }

  double slowReaders() {
    return meters.find("sallyport.listen.refused").tags("reason", "slow_reader").counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  double evicted(String listener, String stage) {
    return meters
        .find("sallyport.listen.evicted")
        .tags("listener", listener, "stage", stage)
        .counters()
        .stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  RawHttp tls(String listener) throws Exception {
    return tls(listener, Optional.empty());
  }

  RawHttp tls(String listener, Optional<TestCertificates.Identity> client) throws Exception {
    InetSocketAddress address = address(listener);
    SSLSocket opened =
        (SSLSocket)
            clientContext(client)
                .getSocketFactory()
                .createSocket(address.getAddress(), address.getPort());
    return new RawHttp(opened);
  }

  private static SSLContext clientContext(Optional<TestCertificates.Identity> client)
      throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", SERVER.leaf());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    if (client.isPresent()) {
      X509Certificate[] chain = client.get().chain().toArray(X509Certificate[]::new);
      own.setKeyEntry("client", client.get().key(), new char[0], chain);
    }
    keys.init(own, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  double pipes() {
    return meters.find("sallyport.listen.pipes").gauges().stream()
        .mapToDouble(g -> g.value())
        .sum();
  }

  @Override
  public void close() {
    app.close();
    front.close();
    transport.close();
  }
}
