package io.sallyport.simulator.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.access.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The load generator's one event loop and the connections it makes to one endpoint. One loop on
 * purpose: all state of a scenario belongs to it, and the server keeps the other processor.
 */
final class LoadLoop implements AutoCloseable {
  private static final int CONNECTING_MAX = 32;
  private static final int CONNECT_SECONDS_MAX = 30;
  private static final int SETTLE_SECONDS_MAX = 10;

  private final Endpoint endpoint;
  private final EventLoopGroup group;
  private final Class<? extends Channel> channelType;
  private final @Nullable SslContext tls;
  private final @Nullable SslContext resumingTls;
  private final AtomicLong resumed = new AtomicLong();
  private final boolean groupIsOwn;
  private int freshNumber;

  /** Whether a connection may resume an earlier TLS session. */
  enum Handshake {
    FULL,
    RESUMED
  }

  /**
   * How a connection is made.
   *
   * @param from the local address; null leaves the choice to the system
   * @param session names the client in the TLS client's memory of sessions; 0: as if never seen
   * @param receiveBytes of the socket's buffer; 0 leaves it to the system
   */
  record Dial(Handshake handshake, @Nullable InetAddress from, int session, int receiveBytes) {
    static final Dial FULL = new Dial(Handshake.FULL, null, 0, 0);
  }

  LoadLoop(Endpoint endpoint) throws IOException {
    this(endpoint, null);
  }

  /** Connections to another endpoint that belong to this one's thread; closed before it. */
  LoadLoop beside(Endpoint other) throws IOException {
    return new LoadLoop(other, group);
  }

  private LoadLoop(Endpoint endpoint, @Nullable EventLoopGroup shared) throws IOException {
    this.endpoint = endpoint;
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.groupIsOwn = shared == null;
    this.group = shared == null ? new MultiThreadIoEventLoopGroup(1, handlers) : shared;
    this.channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    boolean encrypted = endpoint.encrypted();
    SslProvider fast = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    this.tls = encrypted ? context(endpoint, fast) : null;
    // Netty's OpenSSL client resumed nothing here, not even from mosquitto; the JDK's does.
    this.resumingTls = encrypted ? context(endpoint, SslProvider.JDK) : null;
  }

  private static SslContext context(Endpoint endpoint, SslProvider provider) throws IOException {
    return SslContextBuilder.forClient()
        .sslProvider(provider)
        .trustManager(Trust.managers(endpoint.caFile()))
        .build();
  }

  /** The loop itself: everything that touches a scenario's state runs here. */
  Executor executor() {
    return group;
  }

  /** The loop's timer. */
  ScheduledExecutorService timer() {
    return group;
  }

  /** Opens one connection with a handshake of this kind. */
  CompletableFuture<LoadClient> open(LoadLogin login, LoadEvents events, Handshake handshake) {
    return open(login, events, new Dial(handshake, null, 0, 0)).opened();
  }

  /** Opens one connection; the client tells when it is open, or why it is not. */
  LoadClient open(LoadLogin login, LoadEvents events, Dial dial) {
    LoadClient client = new LoadClient(login, events);
    Bootstrap bootstrap =
        new Bootstrap()
            .group(group)
            .channel(channelType)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_SECONDS_MAX * 1_000)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    SslContext context = dial.handshake == Handshake.RESUMED ? resumingTls : tls;
                    if (context != null) {
                      channel.pipeline().addLast(tlsHandler(context, channel.alloc(), dial));
                    }
                    channel.pipeline().addLast(client);
                  }
                });
    if (dial.receiveBytes > 0) {
      bootstrap.option(ChannelOption.SO_RCVBUF, dial.receiveBytes);
    }
    if (dial.from != null) {
      bootstrap.localAddress(dial.from, 0);
      if (channelType == EpollSocketChannel.class) {
        // The port is chosen by connect, which may take one that another destination has.
        bootstrap.option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true);
      }
    }
    bootstrap
        .connect(endpoint.host(), endpoint.port())
        .addListener(connect -> {
          if (!connect.isSuccess()) {
            client.opened().completeExceptionally(connect.cause());
          }
        });
    return client;
  }

  /**
   * Opens the connections, some at a time, and waits for all.
   *
   * @throws IOException when one is refused or the time is over
   */
  List<LoadClient> openAll(List<LoadLogin> logins, LoadEvents events)
      throws IOException, InterruptedException {
    List<LoadClient> clients = new ArrayList<>(logins.size());
    for (int from = 0; from < logins.size(); from += CONNECTING_MAX) {
      List<CompletableFuture<LoadClient>> opening = new ArrayList<>();
      for (LoadLogin login : logins.subList(from, Math.min(logins.size(), from + CONNECTING_MAX))) {
        opening.add(open(login, events, Handshake.FULL));
      }
      for (CompletableFuture<LoadClient> one : opening) {
        clients.add(await(one));
      }
    }
    return clients;
  }

  /** How many handshakes of kind {@link Handshake#RESUMED} took up an earlier session. */
  long resumedSessions() {
    return resumed.get();
  }

  /** Runs a step of a scenario on the loop and waits for it. */
  void run(Runnable step) throws IOException, InterruptedException {
    await(CompletableFuture.runAsync(step, group));
  }

  /** Counting and clock change in one turn of the loop, however late this thread wakes up. */
  Stopwatch runTimed(LoadTarget target, Runnable step) throws IOException, InterruptedException {
    return await(
        CompletableFuture.supplyAsync(
            () -> {
              step.run();
              return Stopwatch.start(target);
            },
            group));
  }

  /** Gives what is on its way some seconds to arrive; {@code settled} is asked on the loop. */
  void awaitSettled(BooleanSupplier settled) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS_MAX);
    while (System.nanoTime() < end) {
      if (await(CompletableFuture.supplyAsync(settled::getAsBoolean, group))) {
        return;
      }
      Thread.sleep(20);
    }
  }

  /** Waits for a step of the loop. */
  static <T> T await(CompletableFuture<T> step) throws IOException, InterruptedException {
    try {
      return step.get(CONNECT_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new IOException("no answer in " + CONNECT_SECONDS_MAX + " s", e);
    }
  }

  @Override
  public void close() {
    if (!groupIsOwn) {
      return;
    }
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  /** A resumed session is as old as the handshake that made it. */
  private SslHandler tlsHandler(SslContext context, ByteBufAllocator alloc, Dial dial) {
    SslHandler handler = context.newHandler(alloc, endpoint.host(), sessionPort(dial));
    handler.setHandshakeTimeout(CONNECT_SECONDS_MAX, TimeUnit.SECONDS);
    if (dial.handshake == Handshake.RESUMED) {
      long begun = System.currentTimeMillis();
      var _ =
          handler
              .handshakeFuture()
              .addListener(done -> {
                if (done.isSuccess() && handler.engine().getSession().getCreationTime() < begun) {
                  resumed.incrementAndGet();
                }
              });
    }
    return handler;
  }

  /**
   * TLS clients keep sessions by host and port; a port number that no earlier connection named
   * forces a full handshake. The socket's own port is not affected.
   */
  private int sessionPort(Dial dial) {
    return switch (dial.handshake) {
      case RESUMED -> dial.session == 0 ? endpoint.port() : 100_000 + dial.session;
      case FULL -> 100_000 + freshNumber++;
    };
  }
}
