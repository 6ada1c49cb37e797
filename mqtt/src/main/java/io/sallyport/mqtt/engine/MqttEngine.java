package io.sallyport.mqtt.engine;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.RetainOutcome;
import io.sallyport.mqtt.RetainedShare;
import io.sallyport.mqtt.Router;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.SessionStore;
import io.sallyport.mqtt.store.SessionStoreException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Speaks MQTT on channels that a listener has made ready, and carries messages between them.
 *
 * <p>Thread-safe. The event loops stay the listener's: shut the engine down before them.
 */
public final class MqttEngine implements Router {
  /** MESSAGING.md section 4: between these marks a client counts as keeping up. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  private final EngineContext context;
  private final Supplier<? extends CompletionStage<?>> revocationsTold;
  private final Map<EventLoop, LoopContext> loops = new ConcurrentHashMap<>();

  /** Set exactly if there is a session store. */
  private final @Nullable RestingSessions resting;

  private volatile boolean stopping;

  /**
   * @param gate asked once per CONNECT, on a thread of {@code gateExecutor}
   * @param gateExecutor one that lets each task block, e.g. of virtual threads; one that rejects
   *     refuses the client with code 3
   * @param clock for times that are shown; waiting is measured by the event loop
   * @param revocationsTold asked by an event loop that finds it slept more than a second;
   *     completes, on any thread, when every revocation that may have been committed before the
   *     call has closed its connections. Until then the loop takes and sends nothing
   * @param random for the names of clients that bring none: thread-safe, and not to be guessed
   */
  public MqttEngine(
      MqttConfig config,
      ClientGate gate,
      Executor gateExecutor,
      Clock clock,
      MeterRegistry meters,
      Supplier<? extends CompletionStage<?>> revocationsTold,
      RandomGenerator random) {
    this(config, gate, gateExecutor, clock, meters, revocationsTold, random, null);
  }

  /**
   * @param store what is to survive the process is kept there; call {@link #load} then. Null:
   *     nothing is. It stays the caller's: close it after {@link #shutdown}
   */
  public MqttEngine(
      MqttConfig config,
      ClientGate gate,
      Executor gateExecutor,
      Clock clock,
      MeterRegistry meters,
      Supplier<? extends CompletionStage<?>> revocationsTold,
      RandomGenerator random,
      @Nullable SessionStore store) {
    this.revocationsTold = revocationsTold;
    EngineMetrics metrics = new EngineMetrics(meters);
    FaultLog faults = new FaultLog();
    Ledger ledger = new Ledger(store, gateExecutor, faults);
    Scopes scopes = new Scopes(config, clock, metrics, ledger);
    OrphanedWills wills = new OrphanedWills(gate, gateExecutor, metrics, faults);
    this.context =
        new EngineContext(
            config,
            gate,
            gateExecutor,
            clock,
            metrics,
            faults,
            scopes,
            new SessionRegistry(config.sessions(), config.ownership(), scopes),
            new PendingLogins(config.logins(), metrics),
            new TakeoverWatch(config.takeovers(), metrics),
            new FreshClientIds(random),
            ledger);
    this.resting = store == null ? null : new RestingSessions(context, wills, this.revocationsTold);
  }

  /** As above, with randomness of its own. */
  public MqttEngine(
      MqttConfig config,
      ClientGate gate,
      Executor gateExecutor,
      Clock clock,
      MeterRegistry meters,
      Supplier<? extends CompletionStage<?>> revocationsTold) {
    this(config, gate, gateExecutor, clock, meters, revocationsTold, new SecureRandom());
  }

  /**
   * Speaks MQTT on a channel from now on. TLS, sniffing and WebSocket framing must be done: the
   * engine's handler goes last into the pipeline and takes {@code ByteBuf}s. Bytes already read may
   * be fired into the pipeline afterwards. The channel's auto-read and write water marks belong to
   * the engine then.
   *
   * @return false when there is no room for another connection without login, or the engine is
   *     shutting down; the channel has been closed then
   * @throws IllegalStateException when not called on the channel's event loop
   */
  public boolean install(ChannelPipeline pipeline, ConnectionInfo info) {
    Channel channel = pipeline.channel();
    EventLoop eventLoop = channel.eventLoop();
    if (!eventLoop.inEventLoop()) {
      throw new IllegalStateException("install must be called on the channel's event loop");
    }
    if (resting != null && !resting.isLoaded()) {
      throw new IllegalStateException("install must not be called before load");
    }
    LoopContext loop =
        loops.computeIfAbsent(
            eventLoop, added -> new LoopContext(added, context.faults(), revocationsTold));
    Connection connection = new Connection(context, loop, channel, info);
    if (stopping || !context.pendingLogins().add(connection)) {
      var _ = channel.close();
      return false;
    }
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    loop.connections().add(connection);
    connection.begin();
    pipeline.addLast("mqtt", connection.intake());
    return true;
  }

  /** Logged-in connections. */
  public int connections() {
    return context.metrics().connections().get();
  }

  /** Sessions, those without a connection included. */
  public int sessions() {
    return context.sessions().size();
  }

  /**
   * Refuses new clients, reads no more, waits until messages already taken are answered, and closes
   * every connection with {@code SERVER_SHUTDOWN}.
   *
   * @param grace how long a connection may wait for its answers
   * @return completes when all connections have ended
   */
  public CompletableFuture<Void> shutdown(Duration grace) {
    stopping = true;
    List<CompletableFuture<Void>> ended = new ArrayList<>();
    for (LoopContext loop : loops.values()) {
      CompletableFuture<Void> loopEnded = new CompletableFuture<>();
      ended.add(loopEnded);
      loop.post(() -> drain(loop, grace, loopEnded));
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(ended.toArray(CompletableFuture<?>[]::new))
            .thenRun(context.ledger()::release);
    return resting == null ? all : all.thenRun(resting::stop);
  }

  /**
   * Brings back the sessions that the store holds, begins to publish the wills of clients that were
   * cut off by a kill, and lets clients come. Once, when the gate can be asked. May block.
   *
   * @throws SessionStoreException if they can't be read
   */
  public void load() {
    if (resting != null) {
      resting.load();
    }
  }

  /**
   * {@inheritDoc} Does nothing without a session store.
   *
   * @throws SessionStoreException if it can't be read
   */
  @Override
  public void keepRetained(Scope scope) {
    if (resting != null) {
      context.scopes().keepRetained(scope, context.gate());
    }
  }

  @Override
  public int route(Scope scope, Message message, long position) {
    return context.scopes().route(scope, message, position);
  }

  @Override
  public OptionalLong logCursor(Scope scope) {
    return resting == null ? OptionalLong.empty() : context.ledger().store().cursor(scope);
  }

  @Override
  public void logRouted(Scope scope, long nextPosition) {
    context.scopes().logRouted(scope, nextPosition);
    if (resting != null) {
      CompletableFuture<Void> stored = new CompletableFuture<>();
      boolean _ =
          context
              .ledger()
              .submit(
                  Batch.builder().build(), () -> stored.complete(null), () -> stored.cancel(false));
      stored.join();
    }
  }

  @Override
  public void publish(
      Scope scope, Message message, @Nullable SessionKey publisher, RetainedShare share, Ack ack) {
    context.scopes().publish(scope, message, publisher, share, ack);
  }

  @Override
  public boolean wouldRetain(
      Scope scope, Message message, SessionKey publisher, RetainedShare share) {
    return context.scopes().wouldRetain(scope, message, publisher, share);
  }

  @Override
  public void deleteScope(Scope scope) {
    endSessions(scope);
    clearScope(scope);
    if (resting != null) {
      context.ledger().note(Batch.builder().deleteScope(scope).build());
    }
  }

  @Override
  public int route(Scope scope, Message message, @Nullable SessionKey publisher) {
    return context.scopes().route(scope, message, publisher);
  }

  @Override
  public RetainOutcome routeRetained(Scope scope, Message message, @Nullable SessionKey publisher) {
    return routeRetained(scope, message, publisher, RetainedShare.ALL);
  }

  @Override
  public RetainOutcome routeRetained(
      Scope scope, Message message, @Nullable SessionKey publisher, RetainedShare share) {
    return context.scopes().retain(scope, message, publisher, share);
  }

  @Override
  public void clearRetained(Scope scope, String topic) {
    context.scopes().clearRetained(scope, topic);
  }

  @Override
  public void clearScope(Scope scope) {
    context.scopes().clear(scope);
  }

  @Override
  public void endSession(SessionKey session) {
    context.sessions().end(session);
  }

  @Override
  public void endSessions(Scope scope, String owner) {
    context.sessions().endAll(key -> key.scope().equals(scope) && key.owner().equals(owner));
  }

  @Override
  public void endSessions(Scope scope) {
    context.sessions().endAll(key -> key.scope().equals(scope));
  }

  EngineContext context() {
    return context;
  }

  private static void drain(LoopContext loop, Duration grace, CompletableFuture<Void> done) {
    List<Connection> connections = List.copyOf(loop.connections());
    List<CompletableFuture<Void>> closed = new ArrayList<>(connections.size());
    for (Connection connection : connections) {
      CompletableFuture<Void> channelClosed = new CompletableFuture<>();
      connection.channel().closeFuture().addListener(_ -> channelClosed.complete(null));
      closed.add(channelClosed);
      connection.drain(grace);
    }
    var _ =
        CompletableFuture.allOf(closed.toArray(CompletableFuture<?>[]::new))
            .whenComplete((_, _) -> {
              loop.stop();
              done.complete(null);
            });
  }
}
