package io.sallyport.mqtt.engine;

import io.netty.channel.Channel;
import io.sallyport.mqtt.Admission;
import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRefusal;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.MqttVersion;
import io.sallyport.mqtt.ReasonCode;
import io.sallyport.mqtt.codec.ConnAckProperties;
import io.sallyport.mqtt.codec.ConnectProperties;
import io.sallyport.mqtt.codec.DisconnectProperties;
import io.sallyport.mqtt.codec.MalformedCause;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.codec.PacketDecoder;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One socket from installation to close: keeps the state, dispatches packets, and ends exactly
 * once. Belongs to its event loop; {@link #requestClose}, {@link #answersChanged} and {@link
 * #stats} may be called from any thread.
 */
final class Connection {
  /** Why nothing is read at the moment. */
  enum Pause {
    ADMITTING,
    UNANSWERED,
    /** The session store is behind. */
    STORE,
    /** Others of the loop have their turn. */
    TURN,
    /** The client does not read what it is sent. */
    UNREAD,
    /** The loop slept, and revocations are being told. */
    HELD,
    DRAINING
  }

  /** Which of them a client may use, its gate decides. */
  private static final Set<MqttVersion> SPOKEN =
      Set.of(MqttVersion.V3_1, MqttVersion.V3_1_1, MqttVersion.V5);

  private final EngineContext engine;
  private final LoopContext loop;
  private final Channel channel;
  private final ConnectionInfo info;
  private final TrafficCounts counts;
  private final PacketWriter writer;
  private final PacketDecoder decoder;
  private final ByteIntake intake;
  private final Patience patience;
  private final AtomicBoolean drainPosted = new AtomicBoolean();
  private volatile @Nullable CloseReason closeRequested;
  private volatile ConnectionState state = ConnectionState.AWAITING_CONNECT;

  private CloseReason closedFor = CloseReason.CONNECTION_LOST;
  private Admission.@Nullable Admitted admitted;
  private @Nullable Session session;
  private @Nullable Inflow inflow;
  private @Nullable Subscribing subscribing;
  private ConnectProperties wishes = ConnectProperties.NONE;
  private long openedNanos;

  /** Whether the client has left as DISCONNECT with reason 0 does. */
  private boolean willWithdrawn;

  Connection(EngineContext engine, LoopContext loop, Channel channel, ConnectionInfo info) {
    this.engine = engine;
    this.loop = loop;
    this.channel = channel;
    this.info = info;
    this.counts = new TrafficCounts(engine.clock().millis());
    this.writer = new PacketWriter(channel, loop, counts, engine.metrics());
    this.decoder = new PacketDecoder(engine.config().codec(), SPOKEN, loop.fields());
    this.intake = new ByteIntake(this, channel, decoder, engine.faults());
    this.patience = new Patience(this, loop, engine.config().timeouts());
  }

  ByteIntake intake() {
    return intake;
  }

  ConnectionInfo info() {
    return info;
  }

  ConnectionStats stats() {
    return counts.snapshot();
  }

  LoopContext loop() {
    return loop;
  }

  Channel channel() {
    return channel;
  }

  PacketWriter writer() {
    return writer;
  }

  ConnectionState state() {
    return state;
  }

  boolean isOpen() {
    return state == ConnectionState.OPEN;
  }

  boolean isClosed() {
    return state == ConnectionState.CLOSED;
  }

  /** From any thread: nothing but silence so far. */
  boolean isIdleBeforeConnect() {
    return state == ConnectionState.AWAITING_CONNECT;
  }

  boolean isPaused() {
    return intake.isPaused();
  }

  /** The binding of an open connection. */
  ClientBinding binding() {
    return Objects.requireNonNull(admitted, "not admitted").binding();
  }

  void begin() {
    patience.awaitConnect();
  }

  void countRead(int bytes) {
    counts.read(bytes);
    engine.metrics().read(bytes);
  }

  /**
   * Whether another packet may be taken or sent. A close that another thread asked for comes first,
   * however much is waiting to be read (THREATS T31).
   */
  boolean goesOn() {
    CloseReason requested = closeRequested;
    if (requested != null) {
      close(requested);
    }
    if (state == ConnectionState.CLOSED) {
      return false;
    }
    if (!loop.awake()) {
      pauseReading(Pause.HELD);
      loop.holdBack(this);
      return false;
    }
    return true;
  }

  /** What was revoked while the loop slept is known now. */
  void goOn() {
    drainAnswers();
    if (!isClosed()) {
      resumeReading(Pause.HELD);
    }
    Session mine = session;
    if (mine != null && !isClosed()) {
      mine.goOn();
    }
  }

  void readEnded(boolean partial, boolean packetCompleted) {
    if (isOpen()) {
      long now = loop.nowNanos();
      if (packetCompleted) {
        patience.packetReceived(now);
      }
      patience.partialPacket(partial, packetCompleted, now);
    }
  }

  void readingResumed() {
    patience.readingResumed(loop.nowNanos());
  }

  void received(MqttPacket packet) {
    switch (packet) {
      case MqttPacket.Publish publish -> {
        counts.readMessage();
        engine.metrics().messageRead();
        openInflow().publish(publish, loop.nowNanos());
      }
      case MqttPacket.PubAck ack ->
          openSession().outflow().pubAck(this, ack.packetId(), ack.reasonCode());
      case MqttPacket.PubRec rec ->
          openSession().outflow().pubRec(this, rec.packetId(), rec.reasonCode());
      case MqttPacket.PubRel rel -> openInflow().pubRel(rel.packetId());
      case MqttPacket.PubComp comp -> openSession().outflow().pubComp(this, comp.packetId());
      case MqttPacket.Subscribe subscribe ->
          Objects.requireNonNull(subscribing).subscribe(subscribe);
      case MqttPacket.Unsubscribe unsubscribe ->
          Objects.requireNonNull(subscribing).unsubscribe(unsubscribe);
      case MqttPacket.PingReq _ -> writer.pingResp(); // [MQTT-3.12.4-1]
      case MqttPacket.Disconnect disconnect -> disconnected(disconnect);
      case MqttPacket.Connect connect -> {
        wishes = connect.properties();
        new Login(engine, this, connect).begin();
      }
      case MqttPacket.Auth _ -> malformed(MalformedCause.AUTHENTICATION); // MQTT 5 §4.12
      // The decoder takes only what the state's table names.
      case MqttPacket.ConnAck _,
          MqttPacket.SubAck _,
          MqttPacket.UnsubAck _,
          MqttPacket.PingResp _ ->
          malformed(MalformedCause.UNEXPECTED_PACKET);
    }
  }

  /** Whether the client has said so in CONNECT, even if the rest of it was malformed. */
  private boolean isVersion5() {
    return decoder.version() == MqttVersion.V5;
  }

  /** MQTT 5 §4.13: told, then closed [MQTT-4.8.0-1]. */
  void malformed(MalformedCause cause) {
    engine.metrics().malformed(cause);
    int code = cause.reasonCode().code();
    if (state == ConnectionState.AWAITING_CONNECT && isVersion5()) {
      var _ =
          writer.connAckOfVersion5(false, code, ConnAckProperties.NONE, wishes.packetBytesMax());
    }
    close(cause.closeReason(), code, cause.label());
  }

  /** [MQTT-3.1.2-2] */
  void refuseVersion() {
    engine.metrics().refused(ConnectRefusal.UNSUPPORTED_VERSION);
    writer.connAck(false, ConnectRefusal.UNSUPPORTED_VERSION.returnCode());
    close(CloseReason.PROTOCOL_ERROR);
  }

  /** CONNACK with the code, then close [MQTT-3.2.2-5]; what came behind CONNECT is thrown away. */
  void refuse(ConnectRefusal reason) {
    if (isClosed()) {
      return;
    }
    engine.metrics().refused(reason);
    if (isVersion5()) { // Session present is 0 [v5:MQTT-3.2.2-6].
      var _ =
          writer.connAckOfVersion5(
              false, reason.reasonCode(), ConnAckProperties.NONE, wishes.packetBytesMax());
    } else {
      writer.connAck(false, reason.returnCode()); // Session present is 0 [MQTT-3.2.2-4].
    }
    close(
        reason == ConnectRefusal.SERVER_UNAVAILABLE
            ? CloseReason.SERVER_ERROR
            : CloseReason.NOT_AUTHORIZED);
  }

  /** MQTT 5 §3.14.4; 3.x has one form of it. */
  private void disconnected(MqttPacket.Disconnect disconnect) {
    long expirySeconds = disconnect.properties().sessionExpirySeconds();
    if (expirySeconds != DisconnectProperties.UNCHANGED) {
      Session mine = openSession();
      if (!mine.keepFor().isPositive() && expirySeconds > 0) { // MQTT 5 §3.14.2.2.2
        malformed(MalformedCause.SESSION_EXPIRY);
        return;
      }
      Duration asked = Duration.ofSeconds(expirySeconds);
      Duration most = expiryMax(Objects.requireNonNull(admitted).limits());
      mine.keepFor(asked.compareTo(most) < 0 ? asked : most);
    }
    willWithdrawn = disconnect.reasonCode() == ReasonCode.SUCCESS.code(); // [v5:MQTT-3.14.4-3]
    close(CloseReason.CLIENT_DISCONNECTED);
  }

  /** The longest that a session of a client with these limits outlives its connection. */
  Duration expiryMax(ClientLimits limits) {
    Duration ofEngine = engine.config().ownership().sessionExpiryMax();
    return limits.sessionExpiry().compareTo(ofEngine) < 0 ? limits.sessionExpiry() : ofEngine;
  }

  /** How long it has been open. */
  Duration openFor() {
    return Duration.ofNanos(loop.nowNanos() - openedNanos);
  }

  /** CONNECT is complete and the gate is being asked. */
  void admitting() {
    state = ConnectionState.ADMITTING;
    pauseReading(Pause.ADMITTING);
    patience.awaitGate();
  }

  /**
   * The gate has said yes; the session is being claimed.
   *
   * @param delay before it is
   */
  void admitted(Admission.Admitted admission, Duration delay) {
    admitted = admission;
    patience.awaitSession(delay);
  }

  void loginLate() {
    if (state == ConnectionState.ADMITTING) {
      refuse(ConnectRefusal.SERVER_UNAVAILABLE);
    } else {
      close(CloseReason.NO_DATA);
    }
  }

  /** The session is ours: from here on packets flow. */
  void open(Session mine, SessionClaim claim, boolean sessionPresent, MqttPacket.Connect connect) {
    Admission.Admitted admission = claim.admitted();
    boolean version5 = connect.version() == MqttVersion.V5;
    Terms terms = Terms.of(engine, connect, claim);
    engine.pendingLogins().remove(this);
    engine.metrics().connections().incrementAndGet();
    state = ConnectionState.OPEN;
    openedNanos = loop.nowNanos();
    session = mine;
    inflow =
        new Inflow(
            engine,
            this,
            mine,
            admission.binding(),
            admission.limits(),
            version5
                ? new InboundAliases(terms.topicAliasMax(), engine.metrics().aliasBytes())
                : null,
            sessionPresent);
    subscribing =
        new Subscribing(
            engine,
            this,
            mine,
            admission.binding(),
            connect.version(),
            admission.limits().subscriptionsMax());
    decoder.admit(connect.version(), admission.limits(), ConnectionState.OPEN.accepted());
    patience.open(terms.keepAliveSeconds());
    // [MQTT-3.2.0-1]: before anything else.
    boolean told = true;
    if (version5) {
      told = writer.connAckOfVersion5(sessionPresent, 0, terms.connAck(), wishes.packetBytesMax());
    } else {
      // MQTT 3.1 section 3.2: that byte has no meaning yet, and is 0.
      writer.connAck(sessionPresent && connect.version() != MqttVersion.V3_1, 0);
    }
    if (told && version5) {
      writer.speakVersion5(
          new CopyWriter(
              engine, admission.binding(), wishes.packetBytesMax(), wishes.topicAliasMax()));
    }
    var resumed = mine.attach(this, claim, told ? connect.will() : null, wishes.receiveMax());
    if (!told) { // It takes no packet as large as its CONNACK: nothing else may come first.
      close(CloseReason.PACKET_TOO_LARGE);
      return;
    }
    admission.binding().opened(new ClientOutbound(this, mine), sessionPresent, resumed);
    tellTakeovers(mine, admission.binding());
    mine.pump();
    resumeReading(Pause.ADMITTING);
  }

  private void tellTakeovers(Session mine, ClientBinding binding) {
    int withinMinute = engine.takeovers().toTell(mine.key(), loop.nowNanos());
    if (withinMinute > 0 && binding.takeoversWatched()) {
      engine.guard(() -> binding.takenOverOften(withinMinute));
    }
  }

  void pauseReading(Pause reason) {
    intake.pause(reason);
  }

  void resumeReading(Pause reason) {
    intake.resume(reason);
  }

  /** Reads no more while the session store is behind. */
  void holdForStore() {
    if (engine.ledger().isBehind() && !intake.isPausedFor(Pause.STORE)) {
      pauseReading(Pause.STORE);
      engine.ledger().whenCaughtUp(() -> loop.post(this::storeCaughtUp));
    }
  }

  private void storeCaughtUp() {
    if (!isClosed()) {
      resumeReading(Pause.STORE);
    }
  }

  void expectAnswer(long nowNanos) {
    patience.answerExpected(nowNanos);
  }

  boolean hasUnanswered() {
    return inflow != null && inflow.hasOpen();
  }

  long oldestUnansweredNanos(long nowNanos) {
    return inflow == null ? nowNanos : inflow.oldestNanos(nowNanos);
  }

  /** From any thread: a PUBLISH has been answered. Many answers cost one wake-up. */
  void answersChanged() {
    if (loop.inLoop()) {
      drainAnswers();
    } else if (drainPosted.compareAndSet(false, true)) {
      loop.post(this::drainPostedAnswers);
    }
  }

  /** From any thread; seen before the next packet is taken or sent. */
  void requestClose(CloseReason reason) {
    closeRequested = reason;
    loop.post(() -> close(reason));
  }

  void writabilityChanged() {
    patience.writable(channel.isWritable());
    Session mine = session;
    if (mine != null && channel.isWritable()) { // Not from within a write.
      loop.post(mine::pump);
      loop.post(() -> resumeReading(Pause.UNREAD));
    }
  }

  /** Takes no more packets; closes when what has come is answered, or the grace is over. */
  void drain(Duration grace) {
    switch (state) {
      case AWAITING_CONNECT -> close(CloseReason.SERVER_SHUTDOWN);
      case ADMITTING -> refuse(ConnectRefusal.SERVER_UNAVAILABLE);
      case OPEN -> {
        pauseReading(Pause.DRAINING);
        patience.drainWithin(grace);
        closeDrained();
      }
      case CLOSED -> {}
    }
  }

  /** Ends the connection; of several calls the first counts. */
  void close(CloseReason reason) {
    close(reason, reason.reasonCode().code(), null);
  }

  /**
   * Ends the connection; of several calls the first counts.
   *
   * @param code for a client of version 5
   * @param text likewise, if it wants to know
   */
  private void close(CloseReason reason, int code, @Nullable String text) {
    ConnectionState before = state;
    if (before == ConnectionState.CLOSED) {
      return;
    }
    state = ConnectionState.CLOSED;
    closedFor = reason;
    patience.end();
    boolean byClient =
        reason == CloseReason.CLIENT_DISCONNECTED || reason == CloseReason.CONNECTION_LOST;
    if (before == ConnectionState.OPEN && writer.speaksVersion5() && !byClient) {
      // Only after CONNACK [v5:MQTT-3.14.0-1].
      writer.disconnect(code, wishes.requestProblemInformation() ? text : null);
    }
    writer.finish();
    var _ = channel.close();
    intake.discard();
    loop.connections().remove(this);
    engine.pendingLogins().remove(this);
    engine.metrics().closed(reason);
    if (inflow != null) {
      inflow.abandon();
    }
    if (before == ConnectionState.OPEN) {
      engine.metrics().connections().decrementAndGet();
      // [MQTT-3.1.2-8], [MQTT-3.1.2-10]; THREATS T31: a revoked client has no last word.
      openSession().connectionEnding(!willWithdrawn && reason != CloseReason.REVOKED);
    }
    tellClosed();
    if (session != null) {
      session.detach();
    }
  }

  /** A binding that the gate made after the connection had ended learns of the end, too. */
  void tellLateBinding(ClientBinding binding) {
    engine.guard(() -> binding.closed(closedFor, stats()));
  }

  private void tellClosed() {
    Admission.Admitted admission = admitted;
    if (admission != null) {
      engine.guard(() -> admission.binding().closed(closedFor, stats()));
    }
  }

  private void drainPostedAnswers() {
    drainPosted.set(false);
    drainAnswers();
  }

  private void drainAnswers() {
    if (isOpen() && inflow != null && mayAnswer()) {
      inflow.drain();
      closeDrained();
    }
  }

  /**
   * A refused message is closed for in its turn, behind the answers before it; a revoked client
   * gets no answer any more.
   */
  private boolean mayAnswer() {
    if (closeRequested == null || closeRequested == CloseReason.REVOKED) {
      return goesOn();
    }
    return true;
  }

  private void closeDrained() {
    if (isOpen() && intake.isPausedFor(Pause.DRAINING) && !hasUnanswered()) {
      close(CloseReason.SERVER_SHUTDOWN);
    }
  }

  private Session openSession() {
    return Objects.requireNonNull(session, "not open");
  }

  private Inflow openInflow() {
    return Objects.requireNonNull(inflow, "not open");
  }
}
