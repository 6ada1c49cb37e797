package io.sallyport.mqtt.engine;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.RawMqttClient;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.store.InMemorySessionStore;
import io.sallyport.mqtt.store.SessionStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The engine behind plain TCP on a free loopback port, with a {@link TestGate}. */
final class TestServer implements AutoCloseable {
  static final MqttConfig.Timeouts QUICK =
      new MqttConfig.Timeouts(
          Duration.ofMillis(600),
          Duration.ofMillis(600),
          Duration.ofMillis(600),
          Duration.ofMillis(600),
          Duration.ofMillis(600),
          Duration.ofMillis(600));

  final TestGate gate = new TestGate();
  final TestClock clock;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final MqttEngine engine;

  /** Completed unless a test has a revocation underway. */
  volatile CompletableFuture<?> revocationsTold = CompletableFuture.completedFuture(null);

  private final EventLoopGroup group;
  private final ExecutorService gates = Executors.newVirtualThreadPerTaskExecutor();
  private final Channel listener;

  TestServer() {
    this(MqttConfig.DEFAULT);
  }

  TestServer(MqttConfig config) {
    this(config, new TestClock(), defaultStore());
  }

  /** With {@code -Dsallyport.test.durable=true} every test runs with durable sessions. */
  private static @Nullable SessionStore defaultStore() {
    return Boolean.getBoolean("sallyport.test.durable")
        ? new InMemorySessionStore(Runnable::run, 100_000)
        : null;
  }

  /**
   * @param store what sessions are brought back from; null for none
   */
  TestServer(MqttConfig config, TestClock clock, @Nullable SessionStore store) {
    this(config, clock, store, _ -> {});
  }

  /**
   * @param prepared what the gate must be like when sessions are brought back
   */
  TestServer(
      MqttConfig config,
      TestClock clock,
      @Nullable SessionStore store,
      Consumer<TestGate> prepared) {
    prepared.accept(gate);
    this.clock = clock;
    engine =
        new MqttEngine(
            config, gate, gates, clock, meters, () -> revocationsTold, new SecureRandom(), store);
    gate.router = engine;
    engine.load();
    boolean epoll = Epoll.isAvailable();
    group =
        new MultiThreadIoEventLoopGroup(
            2, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    Class<? extends ServerChannel> type =
        epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    AtomicLong ids = new AtomicLong();
    listener =
        new ServerBootstrap()
            .group(group)
            .channel(type)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    engine.install(channel.pipeline(), info(channel, ids.incrementAndGet()));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
  }

  static MqttConfig withTimeouts(MqttConfig.Timeouts timeouts) {
    MqttConfig base = MqttConfig.DEFAULT;
    return new MqttConfig(
        base.codec(),
        base.logins(),
        timeouts,
        base.sessions(),
        base.subscriptions(),
        base.retained());
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  RawMqttClient client() {
    return RawMqttClient.open(port());
  }

  /** A logged-in client with a clean session. */
  RawMqttClient client(String clientId) {
    RawMqttClient client = client();
    client.login(clientId, true);
    return client;
  }

  /**
   * Has the client's connection take a packet whose options its version can't write. What is
   * answered comes in the form of its version.
   */
  void receive(String clientId, MqttPacket packet) {
    ClientBinding binding = gate.binding(clientId);
    Session session = engine.context().sessions().find(TestGate.key(clientId));
    if (session == null) {
      throw new IllegalStateException("no session of " + clientId);
    }
    CompletableFuture<Void> taken = new CompletableFuture<>();
    session
        .owner()
        .post(() -> {
          session.owner().connections().stream()
              .filter(connection -> connection.isOpen() && connection.binding().equals(binding))
              .forEach(connection -> connection.received(packet));
          taken.complete(null);
        });
    taken.orTimeout(10, TimeUnit.SECONDS).join();
  }

  double count(String meter, String tag, String value) {
    return meters.get(meter).tag(tag, value).counter().count();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    engine.shutdown(Duration.ofMillis(100)).orTimeout(10, TimeUnit.SECONDS).join();
    gates.shutdownNow();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static ConnectionInfo info(Channel channel, long id) {
    return new ConnectionInfo(
        id,
        "test",
        (InetSocketAddress) channel.remoteAddress(),
        (InetSocketAddress) channel.localAddress(),
        false,
        "",
        "",
        Optional.empty(),
        List.of(),
        false);
  }
}
