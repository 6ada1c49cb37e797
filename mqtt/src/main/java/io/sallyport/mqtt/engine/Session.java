package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.SessionKey;
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
  private final EngineContext engine;
  private final SessionKey key;
  private final boolean persistent;
  private final Outflow outflow;
  private final SessionSubscriptions subscriptions;
  private final AtomicReference<@Nullable Outgoing> inbox = new AtomicReference<>();
  private final Runnable emptyInbox = this::emptyInbox;

  private volatile LoopContext owner;
  private volatile long claimNumber;
  private volatile ClientBinding binding;
  private volatile boolean connected;
  private volatile boolean ended;

  // The rest belongs to the owner.
  private @Nullable Connection connection;
  private @Nullable ReceivedIds received;
  private @Nullable Deadline expiry;
  private boolean handingOver;
  private Duration keepFor;

  Session(EngineContext engine, SessionClaim claim) {
    this.engine = engine;
    this.key = claim.admitted().session();
    this.persistent = !claim.cleanStart();
    this.outflow = new Outflow(engine, key.scope(), persistent, claim.admitted().limits());
    this.subscriptions = new SessionSubscriptions(engine.scopes(), this);
    this.owner = claim.loop();
    this.claimNumber = claim.number();
    this.binding = claim.admitted().binding();
    this.keepFor = claim.admitted().limits().sessionExpiry();
    engine.metrics().sessions().incrementAndGet();
  }

  SessionKey key() {
    return key;
  }

  boolean persistent() {
    return persistent;
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
      return persistent ? Presence.AWAY : Presence.GONE;
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

  /** Owner: the connection has written its CONNACK. */
  List<HeldSubscription> attach(Connection opened, SessionClaim claim) {
    cancelExpiry();
    List<HeldSubscription> resumed = subscriptions.held();
    connection = opened;
    binding = claim.admitted().binding();
    keepFor = claim.admitted().limits().sessionExpiry();
    connected = true;
    outflow.attach(opened, claim.admitted().limits());
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
    if (handingOver && persistent) { // Never offline, so no bound on offline sessions ends it.
      return;
    }
    boolean outlives = persistent && keepFor.isPositive();
    if (outlives && engine.sessions().mayKeepOffline(this)) {
      outflow.shareOut();
      expire();
    } else {
      end();
    }
  }

  /** Owner: a later claim has won; the connection, if any, is told. */
  void release(SessionClaim to) {
    claimNumber = to.number();
    if (connection != null) {
      handingOver = true;
      connection.close(CloseReason.TAKEN_OVER);
      handingOver = false;
    }
  }

  /** Owner: the state goes to the claimant's loop, which attaches it or lets it expire. */
  void moveTo(LoopContext loop) {
    cancelExpiry();
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
    end();
  }

  /** Owner: the session is no more. */
  void end() {
    if (ended) {
      return;
    }
    ended = true;
    cancelExpiry();
    subscriptions.removeAll();
    outflow.end();
    engine.sessions().remove(this);
    engine.metrics().sessions().decrementAndGet();
    if (persistent) {
      engine.guard(binding::sessionEnded);
    }
  }

  /** Never registered: another claim was quicker. */
  void discard() {
    ended = true;
    engine.metrics().sessions().decrementAndGet();
  }

  void pump() {
    if (connection != null) {
      outflow.pump();
    }
  }

  private void expire() {
    LoopContext loop = owner;
    Deadline deadline = new Deadline(_ -> end());
    expiry = deadline;
    loop.deadlines().schedule(deadline, loop.nowNanos() + keepFor.toNanos());
  }

  private void cancelExpiry() {
    Deadline deadline = expiry;
    if (deadline != null) {
      expiry = null;
      owner.deadlines().cancel(deadline);
      engine.sessions().backOnline(this);
    }
  }

  private void emptyInbox() {
    LoopContext loop = owner;
    if (!loop.inLoop()) { // It has moved since the bell rang.
      loop.post(emptyInbox);
      return;
    }
    if (connection != null) {
      connection.goesOn();
    }
    Outgoing message = reversed(inbox.getAndSet(null));
    while (message != null) {
      Outgoing following = message.next;
      message.next = null;
      if (ended) {
        outflow.giveUp(message, Drop.SESSION_ENDED);
      } else {
        outflow.accept(message);
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
