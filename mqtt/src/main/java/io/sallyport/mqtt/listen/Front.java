package io.sallyport.mqtt.listen;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.sallyport.mqtt.listen.ListenerConfig.Encryption;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The front door of the process: all listeners together. Made, then {@link #bind} once; at the end
 * {@link #unbind}, the drain of those inside, {@link #close}. Safe for use by many threads.
 */
public final class Front implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Front.class);
  private static final Duration PIPES_GRACE = Duration.ofSeconds(5);

  private final ListenConfig config;
  private final Transport transport;
  private final List<DoorwayListener> listeners = new ArrayList<>();
  private final ChannelGroup doors = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final ChannelGroup pipes = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final List<BoundListener> bound = new ArrayList<>();
  private @Nullable Future<?> rotation;

  /**
   * @param identities what TLS listeners show; may be empty when all listeners are plain
   * @param random for session ticket keys
   */
  public Front(
      ListenConfig config,
      Transport transport,
      Optional<ServerIdentities> identities,
      MqttInlet inlet,
      HttpHop hop,
      MeterRegistry meters,
      SecureRandom random) {
    this(config, transport, identities, inlet, hop, meters, random, ListenerTls.bestProvider());
  }

  Front(
      ListenConfig config,
      Transport transport,
      Optional<ServerIdentities> identities,
      MqttInlet inlet,
      HttpHop hop,
      MeterRegistry meters,
      SecureRandom random,
      SslProvider provider) {
    this.config = config;
    this.transport = transport;
    BufferMetrics.bindTo(meters);
    AtomicLong ids = new AtomicLong();
    Handshakes handshakes = new Handshakes(config.handshakes());
    for (ListenerConfig listener : config.listeners()) {
      listeners.add(
          new DoorwayListener(
              listener,
              config,
              tls(listener, config, identities, random, provider),
              inlet,
              hop,
              transport,
              new ListenMetrics(meters, listener.name()),
              handshakes,
              ids,
              open,
              pipes));
    }
    if (provider == SslProvider.JDK && identities.isPresent()) {
      LOG.warn(
          "BoringSSL does not load on this machine; TLS comes from the JDK: slower, and without"
              + " post-quantum key exchange");
    }
  }

  private static @Nullable ListenerTls tls(
      ListenerConfig listener,
      ListenConfig config,
      Optional<ServerIdentities> identities,
      SecureRandom random,
      SslProvider provider) {
    if (listener.encryption() == Encryption.PLAIN) {
      return null;
    }
    ServerIdentities shown =
        identities.orElseThrow(() ->
            new IllegalArgumentException(
                "listener " + listener.name() + " needs a server certificate"));
    return new ListenerTls(listener, config, provider, shown, random);
  }

  /**
   * Opens all listeners, or none.
   *
   * @throws ListenException when an address cannot be bound
   */
  public synchronized void bind() {
    if (!bound.isEmpty()) {
      throw new IllegalStateException("already bound");
    }
    try {
      for (DoorwayListener listener : listeners) {
        bind(listener);
      }
    } catch (ListenException e) {
      unbind();
      throw e;
    }
    long millis = config.ticketRotation().toMillis();
    rotation =
        transport
            .workers()
            .next()
            .scheduleAtFixedRate(this::rotateTickets, millis, millis, TimeUnit.MILLISECONDS);
  }

  private void bind(DoorwayListener listener) {
    AcceptFailures failures =
        new AcceptFailures(
            listener.name(), listener.metrics(), config.acceptPause(), System::nanoTime);
    AcceptPace pace =
        new AcceptPace(config.acceptsPerSecondMax(), listener.metrics(), System::nanoTime);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(
                transport.acceptors(),
                listener.tls() == null ? transport.workers() : transport.handshakers())
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, listener.config().backlog())
            // On the listening socket only. An outgoing socket with it could be given a port that
            // another connection still stands for.
            .option(ChannelOption.SO_REUSEADDR, true)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel door) {
                    door.pipeline().addLast(failures, pace);
                  }
                })
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childHandler(listener);
    int port = listener.config().port();
    for (String host : listener.config().hosts()) {
      InetSocketAddress address =
          host.equals("*") ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
      ChannelFuture attempt = bootstrap.bind(address).awaitUninterruptibly();
      if (!attempt.isSuccess()) {
        throw refusal(listener.config(), host, port, attempt.cause());
      }
      Channel door = attempt.channel();
      doors.add(door);
      InetSocketAddress actual = (InetSocketAddress) door.localAddress();
      bound.add(new BoundListener(listener.name(), actual));
      port = actual.getPort(); // Further addresses of this listener follow the first.
    }
  }

  private static ListenException refusal(
      ListenerConfig listener, String host, int port, Throwable cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    String reason;
    if (text.contains("in use")) {
      reason = "the port is taken by another program";
    } else if (text.contains("denied")) {
      reason = "the system does not allow this port to this user";
    } else {
      reason = String.valueOf(cause.getMessage());
    }
    String where = (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    return new ListenException(
        "Cannot listen on "
            + where
            + " ("
            + listener.name()
            + "): "
            + reason
            + ". Choose another with "
            + listener.portOption()
            + ".",
        cause);
  }

  /** Where the front accepts, with actual ports; empty before {@link #bind}. */
  public synchronized List<BoundListener> listeners() {
    return List.copyOf(bound);
  }

  /** Shows other certificates to new connections; open ones are not touched. */
  public void replaceCertificates(ServerIdentities identities) {
    for (DoorwayListener listener : listeners) {
      ListenerTls tls = listener.tls();
      if (tls != null) {
        tls.replace(identities);
      }
    }
  }

  /**
   * Makes every session ticket worthless, so that the next handshake of each client is a full one.
   * To be called when an anchor or a client certificate is revoked or disabled (THREATS T13).
   */
  public void forgetTickets() {
    for (DoorwayListener listener : listeners) {
      ListenerTls tls = listener.tls();
      if (tls != null) {
        tls.forgetTickets();
      }
    }
  }

  /** Called by the timer; a ticket key issues until the next call and opens until the one after. */
  void rotateTickets() {
    for (DoorwayListener listener : listeners) {
      ListenerTls tls = listener.tls();
      if (tls != null) {
        tls.rotateTickets();
      }
    }
  }

  /** Accepts nothing new from now on; open connections go on. May be called twice. */
  public synchronized void unbind() {
    doors.close().awaitUninterruptibly();
    bound.clear();
  }

  /**
   * Waits until every HTTP answer is out and its connection closed, at most so long.
   *
   * @return whether all pipes ended by themselves
   */
  public boolean awaitPipes(Duration timeMax) {
    return pipes.newCloseFuture().awaitUninterruptibly(timeMax.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Ends the front: nothing new, HTTP pipes get 5 s to finish, then all connections close, MQTT
   * ones too. The transport stays open; it belongs to whoever made it.
   */
  @Override
  public void close() {
    unbind();
    Future<?> timer;
    synchronized (this) {
      timer = rotation;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    if (!awaitPipes(PIPES_GRACE)) {
      LOG.info("{} HTTP connections cut at the end of their time", pipes.size());
    }
    open.close().awaitUninterruptibly();
  }
}
