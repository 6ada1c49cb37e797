package io.sallyport.server.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.mqtt.engine.MqttEngine;
import io.sallyport.mqtt.listen.BoundListener;
import io.sallyport.mqtt.listen.Front;
import io.sallyport.mqtt.listen.HttpHop;
import io.sallyport.mqtt.listen.HttpPolicy;
import io.sallyport.mqtt.listen.ListenConfig;
import io.sallyport.mqtt.listen.ListenerConfig;
import io.sallyport.mqtt.listen.ListenerConfig.Encryption;
import io.sallyport.mqtt.listen.ServerIdentities;
import io.sallyport.mqtt.listen.ServerIdentity;
import io.sallyport.mqtt.listen.Transport;
import io.sallyport.platform.certificate.InstallationCa.ServerKeyKind;
import io.sallyport.platform.certificate.P256InstallationCa;
import io.sallyport.platform.certificate.ServerCertificate;
import io.sallyport.server.config.ConfigurationProblem;
import io.sallyport.server.config.IdentityListener;
import io.sallyport.server.config.ServerConfig;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Opens the listeners when everything behind them stands, and at the end closes them first: no
 * newcomers, then the MQTT clients are drained, then Boot drains its web server, which ends idle
 * HTTP connections at once and gives running requests their time; then the sockets close.
 */
public final class OpenDoors implements SmartLifecycle, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OpenDoors.class);
  private static final Duration DRAIN_MAX = Duration.ofSeconds(5);

  /** The certificates live 397 days. */
  private static final Duration RENEWAL = Duration.ofDays(200);

  private final ServerConfig config;
  private final MqttEngine engine;
  private final HttpHop hop;
  private final P256InstallationCa ca;
  private final MeterRegistry meters;
  private final SecureRandom random;
  private final Rounds rounds;
  private final IdentityListeners identityListeners;

  /** Brings back what clients left behind before the last stop. */
  private final Runnable restored;

  private @Nullable Front front;
  private @Nullable Transport transport;
  private @Nullable Future<?> renewal;
  private volatile boolean running;

  OpenDoors(
      ServerConfig config,
      MqttEngine engine,
      HttpHop hop,
      P256InstallationCa ca,
      MeterRegistry meters,
      SecureRandom random,
      Rounds rounds,
      IdentityListeners identityListeners,
      Runnable restored) {
    this.restored = restored;
    this.config = config;
    this.engine = engine;
    this.hop = hop;
    this.ca = ca;
    this.meters = meters;
    this.random = random;
    this.rounds = rounds;
    this.identityListeners = identityListeners;
  }

  /** Opens all listeners, or none. */
  public void open() {
    restored.run();
    Transport started = Transport.best(Runtime.getRuntime().availableProcessors());
    Front opened =
        new Front(
            ListenConfig.of(listeners(config, identityListeners.all())),
            started,
            Optional.of(identities()),
            (pipeline, info) -> engine.install(pipeline, info),
            hop,
            meters,
            random);
    transport = started;
    front = opened;
    opened.bind();
    running = true;
    renewal =
        rounds.every(
            RENEWAL,
            "the renewal of the server certificate",
            () -> opened.replaceCertificates(identities()));
  }

  /** Where the listeners are, for people. */
  public List<String> addresses() {
    List<String> addresses = new ArrayList<>();
    for (BoundListener listener : open(front).listeners()) {
      String host =
          listener.address().getAddress().isAnyLocalAddress()
              ? config.domain()
              : listener.address().getAddress().getHostAddress();
      if (host.indexOf(':') >= 0) {
        host = "[" + host + "]";
      }
      // To a client these are MQTT over TCP, whatever their name in logs.
      String scheme = IdentityListeners.isName(listener.name()) ? "mqtt" : listener.name();
      String address = scheme + "://" + host + ":" + listener.address().getPort();
      if (!addresses.contains(address)) {
        addresses.add(address);
      }
    }
    return addresses;
  }

  /** The actual port of a listener. */
  public int port(String name) {
    return open(front).listeners().stream()
        .filter(listener -> listener.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the listener " + name + " is off"))
        .address()
        .getPort();
  }

  private static Front open(@Nullable Front front) {
    if (front == null) {
      throw new IllegalStateException("the doors are not open yet");
    }
    return front;
  }

  private ServerIdentities identities() {
    try {
      List<String> names = KeysConfiguration.ServerNames.dnsNames(config.domain());
      List<InetAddress> addresses = KeysConfiguration.ServerNames.addresses(config);
      return new ServerIdentities(
          identity(ca.issueServerCertificate(names, addresses, ServerKeyKind.P256)),
          Optional.of(
              identity(ca.issueServerCertificate(names, addresses, ServerKeyKind.RSA2048))));
    } catch (IOException e) {
      throw new ConfigurationProblem("can't resolve an address of 'bind': " + e.getMessage(), e);
    }
  }

  private static ServerIdentity identity(ServerCertificate certificate) {
    return new ServerIdentity(certificate.key(), certificate.chain());
  }

  private static List<ListenerConfig> listeners(
      ServerConfig config, Map<String, IdentityListener> withIdentity) {
    List<String> hosts = config.bind().isEmpty() ? List.of("*") : config.bind();
    ServerConfig.Ports ports = config.ports();
    List<ListenerConfig> listeners = new ArrayList<>();
    ports
        .mqtts()
        .ifPresent(port ->
            listeners.add(
                ListenerConfig.of(
                        "mqtts",
                        hosts,
                        port,
                        "--port-offset or ports.mqtts",
                        Encryption.TLS_ASKING_CERTIFICATE,
                        true,
                        HttpPolicy.MESSAGING_ONLY)
                    .with(config.front().mqtts())
                    .withOrigins(config.front().origins())));
    ports
        .https()
        .ifPresent(port ->
            listeners.add(
                ListenerConfig.of(
                        "https",
                        hosts,
                        port,
                        "--port-offset or ports.https",
                        config.https().clientCertificates()
                            ? Encryption.TLS_ASKING_CERTIFICATE
                            : Encryption.TLS,
                        true,
                        HttpPolicy.ALL)
                    .with(config.front().https())
                    .withOrigins(config.front().origins())));
    ports
        .mqtt()
        .ifPresent(port -> {
          LOG.warn("plain MQTT is open on port {}: credentials and content are readable", port);
          listeners.add(
              ListenerConfig.of(
                  "mqtt", hosts, port, "ports.mqtt", Encryption.PLAIN, true, HttpPolicy.NONE));
        });
    ports
        .http()
        .ifPresent(port -> {
          LOG.warn("plain HTTP is open on port {}: it refuses every credential", port);
          listeners.add(
              ListenerConfig.of(
                  "http", hosts, port, "ports.http", Encryption.PLAIN, false, HttpPolicy.ALL));
        });
    boolean ipv6 = hasIpv6Loopback();
    withIdentity.forEach((name, listener) -> {
      LOG.warn(
          "port {} needs no login: every client is {}/{} of tenant {}{}",
          listener.port(),
          listener.identity().space(),
          listener.identity().credential(),
          listener.identity().tenant(),
          listener.isLoopbackOnly() ? "" : ", and other hosts reach it");
      listeners.add(
          ListenerConfig.of(
              name,
              listener.usableBind(ipv6),
              listener.port(),
              "listeners[].port",
              Encryption.PLAIN,
              true,
              HttpPolicy.NONE));
    });
    if (listeners.isEmpty()) {
      throw new ConfigurationProblem("all listeners are off; give ports.mqtts or ports.https");
    }
    ServerConfig.Limits limits = config.limits();
    ListenerConfig.Limits crowd =
        new ListenerConfig.Limits(
            limits.connectionsPerListener(),
            limits.connectionsPerListenerBeforeLogin(),
            limits.connectionsPerAddressBeforeLogin(),
            limits.httpConnectionsPerListener(),
            limits.httpConnectionsPerAddress());
    return listeners.stream().map(listener -> listener.with(crowd)).toList();
  }

  private static boolean hasIpv6Loopback() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
    } catch (SocketException e) {
      throw new ConfigurationProblem("can't list the network's interfaces: " + e.getMessage(), e);
    }
  }

  /** The container calls this when its part is up; the doors open later, by {@link #open}. */
  @Override
  public void start() {}

  @Override
  public void stop() {
    running = false;
    if (renewal != null) {
      renewal.cancel(false);
    }
    if (front != null) {
      front.unbind();
      engine.shutdown(DRAIN_MAX).join();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /**
   * The web server has stopped: what HTTP had to say is in the pipes, and they end by themselves.
   */
  @Override
  public void close() {
    if (front != null) {
      front.close();
      front = null;
    }
    if (transport != null) {
      transport.close();
      transport = null;
    }
  }

  /** Before Boot drains and stops its web server: while MQTT is drained, HTTP still answers. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 500;
  }
}
