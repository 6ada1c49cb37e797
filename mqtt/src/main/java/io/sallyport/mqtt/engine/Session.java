package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.engine.EngineMetrics.Drop;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The state of one client across its connections (MQTT 3.1.1 §3.1.2.4). Owned by one event loop at
 * a time; the owner hands it to another when the client comes back there. Any thread may put
 * messages into the inbox, which only the owner empties: so their order survives a change of owner.
 */
final class Session {
  static final Duration NEVER = Duration.ofSeconds(ConnectRequest.NEVER_EXPIRES);

  private final EngineContext engine;
  private final SessionKey key;
  private final Outflow outflow;
  private final SessionSubscriptions subscriptions;
  private final AtomicReference<@Nullable Outgoing> inbox = new AtomicReference<>();
  private final Runnable emptyInbox = this::emptyInbox;

  private volatile LoopContext owner;
  private volatile long claimNumber;
  private volatile ClientBinding binding;
  private volatile boolean connected;
  private volatile boolean ended;

  /** Whether it outlives its connection. */
  private volatile boolean lasting;

  // The rest belongs to the owner.
  private @Nullable Connection connection;
  private @Nullable ReceivedIds received;
  private @Nullable Deadline expiry;
  private boolean countedOffline;
  private boolean handingOver;
  private Duration keepFor;
  private final LastWill will;

  /** Whether it ever was to outlive a connection: then its contract learns of its end. */
  private boolean everLasting;

  /** When it ends without a connection; 0 while it has one. */
  private long expiresAtMillis;

  Session(EngineContext engine, SessionClaim claim) {
    this.engine = engine;
    this.key = claim.admitted().session();
    this.outflow = new Outflow(engine, key.scope(), claim.admitted().limits());
    this.subscriptions = new SessionSubscriptions(engine.scopes(), this);
    this.owner = claim.loop();
    this.claimNumber = claim.number();
    this.binding = claim.admitted().binding();
    this.keepFor = claim.keepFor();
    this.lasting = keepFor.isPositive();
    this.everLasting = lasting;
    this.will = new LastWill(engine);
    engine.metrics().sessions().incrementAndGet();
  }

  SessionKey key() {
    return key;
  }

  /** How long it outlives its connection. */
  Duration keepFor() {
    return keepFor;
  }

  /** Owner: the client has changed its mind in DISCONNECT, MQTT 5 §3.14.2.2.2. */
  void keepFor(Duration time) {
    keepFor = time;
    lasting = time.isPositive();
    everLasting |= lasting;
  }

  /** When it ends if no client comes; 0 while one is connected, or when it never does. */
  long expiresAtMillis() {
    return expiresAtMillis;
  }

  LastWill will() {
    return will;
  }

  LoopContext owner() {
    return owner;
  }

  long claimNumber() {
    return claimNumber;
  }

  boolean isConnected() {
    return connected;
  }

  /** From any thread: what another message would meet. */
  Presence presence() {
    if (ended) {
      return Presence.GONE;
    }
    if (!connected) {
      return lasting ? Presence.AWAY : Presence.GONE;
    }
    return outflow.isBackedUp() ? Presence.BUSY : Presence.READY;
  }

  boolean isEnded() {
    return ended;
  }

  Outflow outflow() {
    return outflow;
  }

  SessionSubscriptions subscriptions() {
    return subscriptions;
  }

  ReceivedIds received() {
    ReceivedIds ids = received;
    if (ids == null) {
      ids = new ReceivedIds(engine.config().sessions().receivedIdsMax());
      received = ids;
    }
    return ids;
  }

  /** From any thread: by the rights in force now (THREATS T32). */
  boolean mayDeliver(Message message) {
    return engine.mayDeliver(binding, message);
  }

  /**
   * Puts a message into the inbox, from any thread.
   *
   * @return false when it was dropped because the inbox is full
   */
  boolean offer(Outgoing message) {
    if (offerIfRoom(message)) {
      return true;
    }
    Outflow.refuse(engine, message.delivery(), Drop.QUEUE_FULL);
    return false;
  }

  /**
   * Puts a message into the inbox, from any thread.
   *
   * @return false when the inbox is full; nothing has happened then
   */
  boolean offerIfRoom(Outgoing message) {
    MqttConfig.Sessions limits = engine.config().sessions();
    Outgoing below;
    do {
      below = inbox.get();
      int messages = below == null ? 0 : below.inboxMessages;
      long bytes = below == null ? 0 : below.inboxBytes;
      if (messages >= limits.inboxMessagesMax() || bytes > outflow.inboxBytesMax()) {
        return false;
      }
      message.inboxMessages = messages + 1;
      message.inboxBytes = bytes + message.bytes();
      message.next = below;
    } while (!inbox.compareAndSet(below, message));
    if (below == null) { // Who fills an empty inbox rings the bell.
      owner.post(emptyInbox);
    }
    return true;
  }

  /** For {@code Outbound.send}. */
  void send(Message message, Delivery delivery) {
    offer(new Outgoing(Outgoing.Parcel.of(message), message.qos(), false, delivery));
  }

  /**
   * Owner: the connection has written its CONNACK.
   *
   * @param receiveMax the client's
   */
  List<HeldSubscription> attach(
      Connection opened, SessionClaim claim, MqttPacket.@Nullable Will newWill, int receiveMax) {
    cancelExpiry();
    List<HeldSubscription> resumed = subscriptions.held();
    connection = opened;
    binding = claim.admitted().binding();
    keepFor(claim.keepFor());
    will.replace(newWill, owner);
    connected = true;
    outflow.attach(opened, claim.admitted().limits(), receiveMax);
    subscriptions.forEachGroup(this::collectFrom);
    return resumed;
  }

  /** Owner: this connected member can take what waits for members of the group that are away. */
  void collectFrom(ShareGroup<Session> group) {
    Grants.Snapshot<Session> members = group.members().snapshot();
    for (int i = 0; i < members.size(); i++) {
      Session member = members.get(i).subscriber();
      if (member.presence() == Presence.AWAY && member.outflow.isBackedUp()) {
        member.shareOut();
      }
    }
  }

  /** From any thread. */
  private void shareOut() {
    owner.post(() -> {
      if (!owner.inLoop()) { // It has moved meanwhile.
        shareOut();
      } else if (connection == null && !ended) {
        outflow.shareOut();
      }
    });
  }

  /** Owner: the connection has ended. */
  void detach() {
    connection = null;
    connected = false;
    outflow.detach();
    if (handingOver && lasting) { // Never offline, so no bound on offline sessions ends it.
      return;
    }
    if (lasting && engine.sessions().mayKeepOffline(this)) {
      countedOffline = true;
      outflow.shareOut();
      will.arm(binding, owner);
      expire();
    } else {
      end();
    }
  }

  /** Owner: the connection is about to end; its will is published or waits. */
  void connectionEnding(boolean withWill) {
    if (withWill) {
      will.connectionLost(binding, !lasting);
    } else {
      will.discard(owner);
    }
  }

  /** Owner: a later claim has won; the connection, if any, is told. */
  void release(SessionClaim to) {
    claimNumber = to.number();
    if (connection != null) {
      if (to.admitted().binding().takeoversWatched()) {
        engine.takeovers().takenOver(key, connection.openFor(), owner.nowNanos());
      }
      handingOver = true;
      connection.close(CloseReason.TAKEN_OVER);
      handingOver = false;
    }
  }

  /** Owner: the state goes to the claimant's loop, which attaches it or lets it expire. */
  void moveTo(LoopContext loop) {
    cancelExpiry();
    will.disarm(owner);
    owner = loop;
  }

  /** Owner: a claimant's connection ended before it could attach. */
  void abandonedByClaimant() {
    if (connection == null && !ended) {
      detach();
    }
  }

  /** Owner: the client has lost what let it have a session. */
  void revoke() {
    if (connection != null) {
      connection.close(CloseReason.REVOKED);
    }
    will.discard(owner); // THREATS T31: no last word, and not a delayed one either.
    end();
  }

  /** Owner: the session is no more. */
  void end() {
    if (ended) {
      return;
    }
    ended = true;
    cancelExpiry();
    will.disarm(owner);
    will.publish(binding); // [v5:MQTT-3.1.2-8]: its delay ends with the session.
    subscriptions.removeAll();
    outflow.end();
    engine.sessions().remove(this);
    engine.metrics().sessions().decrementAndGet();
    if (everLasting) {
      engine.guard(binding::sessionEnded);
    }
  }

  /** Never registered: another claim was quicker. */
  void discard() {
    ended = true;
    engine.metrics().sessions().decrementAndGet();
  }

  /** Owner: the connection is held back no longer. */
  void goOn() {
    emptyInbox();
    pump();
  }

  void pump() {
    if (connection != null && connection.goesOn()) {
      outflow.pump();
    }
  }

  private void expire() {
    if (keepFor.compareTo(NEVER) >= 0) { // [v5:MQTT-3.1.2-23]
      return;
    }
    LoopContext loop = owner;
    Deadline deadline = new Deadline(_ -> end());
    expiry = deadline;
    expiresAtMillis = engine.clock().millis() + keepFor.toMillis();
    loop.deadlines().schedule(deadline, loop.nowNanos() + keepFor.toNanos());
  }

  private void cancelExpiry() {
    expiresAtMillis = 0;
    Deadline deadline = expiry;
    if (deadline != null) {
      expiry = null;
      owner.deadlines().cancel(deadline);
    }
    if (countedOffline) {
      countedOffline = false;
      engine.sessions().backOnline(this);
    }
  }

  private void emptyInbox() {
    LoopContext loop = owner;
    if (!loop.inLoop()) { // It has moved since the bell rang.
      loop.post(emptyInbox);
      return;
    }
    if (connection != null && !connection.goesOn() && !connection.isClosed()) {
      return; // It is held back; goOn comes here again.
    }
    Outgoing message = reversed(inbox.getAndSet(null));
    while (message != null) {
      Outgoing following = message.next;
      message.next = null;
      if (ended) {
        outflow.giveUp(message, Drop.SESSION_ENDED);
      } else {
        outflow.accept(message, lasting);
      }
      message = following;
    }
  }

  private static @Nullable Outgoing reversed(@Nullable Outgoing newest) {
    Outgoing first = null;
    Outgoing entry = newest;
    while (entry != null) {
      Outgoing older = entry.next;
      entry.next = first;
      first = entry;
      entry = older;
    }
    return first;
  }
}
