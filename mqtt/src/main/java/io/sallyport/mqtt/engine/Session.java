package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectRequest;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.codec.SubscriptionIds;
import io.sallyport.mqtt.engine.EngineMetrics.Drop;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.QueueLimits;
import io.sallyport.mqtt.store.QueueSummary;
import io.sallyport.mqtt.store.QueuedMessage;
import io.sallyport.mqtt.store.SessionRecord;
import io.sallyport.mqtt.store.SessionRef;
import io.sallyport.mqtt.store.StoredMessage;
import io.sallyport.mqtt.store.StoredWill;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of one client across its connections (MQTT 3.1.1 §3.1.2.4). Owned by one event loop at
 * a time; the owner hands it to another when the client comes back there. Any thread may put
 * messages into the inbox, which only the owner empties: so their order survives a change of owner.
 */
final class Session {
  /** Stands for the content of a released message, which nobody needs any more. */
  private static final Message RELEASED = Message.of("", new byte[0], Qos.EXACTLY_ONCE);

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

  /** What waits in the store; null unless the session survives a restart. */
  private final @Nullable SessionRows rows;

  /** Where its record is; null as long as it has none. */
  private volatile @Nullable SessionRef ref;

  /** Whether ids of QoS 2 messages from before a restart are yet to be read. */
  private boolean receivedUnread;

  private ClientLimits limits;

  /** Whether it ever was to outlive a connection: then its contract learns of its end. */
  private boolean everLasting;

  /** When it ends without a connection; 0 while it has one. */
  private long expiresAtMillis;

  Session(EngineContext engine, SessionClaim claim) {
    this.engine = engine;
    this.key = claim.admitted().session();
    this.limits = claim.admitted().limits();
    this.ref =
        engine.ledger().isKept() && claim.keepFor().isPositive()
            ? engine.ledger().newSession(key.scope())
            : null;
    this.rows = ref == null ? null : new SessionRows(engine, ref, QueueSummary.EMPTY);
    this.outflow = new Outflow(engine, this, limits, rows);
    this.subscriptions = new SessionSubscriptions(engine.scopes(), this);
    this.owner = claim.loop();
    this.claimNumber = claim.number();
    this.binding = claim.admitted().binding();
    this.keepFor = claim.keepFor();
    this.lasting = keepFor.isPositive();
    this.everLasting = lasting;
    this.will = new LastWill(engine, this::noteState);
    engine.metrics().sessions().incrementAndGet();
  }

  /**
   * As it was stored.
   *
   * @param resting where it stays until its client comes
   */
  Session(
      EngineContext engine,
      SessionRecord record,
      QueueSummary queue,
      LoopContext resting,
      ClientBinding nobody) {
    this.engine = engine;
    this.key = record.key();
    QueueLimits kept = record.queue();
    this.limits =
        ClientLimits.DEFAULT.withQueue(kept.messagesMax(), kept.bytesMax(), kept.overflow());
    this.ref = record.ref();
    this.rows = new SessionRows(engine, record.ref(), queue);
    this.outflow = new Outflow(engine, this, limits, rows);
    this.subscriptions = new SessionSubscriptions(engine.scopes(), this);
    this.owner = resting;
    this.binding = nobody;
    this.keepFor = Duration.ofSeconds(record.expirySeconds());
    this.lasting = keepFor.isPositive();
    this.everLasting = lasting;
    this.receivedUnread = true;
    this.will = new LastWill(engine, this::noteState);
    StoredWill storedWill = record.will();
    if (storedWill != null) {
      will.restore(
          StoredForm.will(storedWill), storedWill.message().tag(), storedWill.dueAtMillis());
    }
    engine.metrics().sessions().incrementAndGet();
  }

  /**
   * Owner: after a restart, begins to wait for its client.
   *
   * @param crashMillis when those that were connected were cut off
   */
  void rest(SessionRecord record, long crashMillis) {
    if (ended || connection != null) {
      return;
    }
    long expiry = record.expiresAtMillis();
    if (record.connected()) {
      boolean never = record.expirySeconds() >= SessionRecord.NEVER;
      expiry = never ? 0 : crashMillis + record.expirySeconds() * 1_000;
      will.cutOffAt(crashMillis, expiry);
    }
    if (!lasting || !engine.sessions().mayKeepOffline(this)) {
      end();
      return;
    }
    countedOffline = true;
    will.arm(binding, owner);
    if (expiry != 0) {
      expireAt(expiry);
    }
    if (record.connected()) {
      noteState();
    }
  }

  /** From any thread: whether it has a record in the store. */
  boolean isRecorded() {
    return ref != null;
  }

  /** Whether its messages survive a restart. */
  boolean isDurable() {
    return rows != null;
  }

  /** Where its rows are; null unless it is durable. */
  @Nullable SessionRef durableRef() {
    return rows == null ? null : rows.ref();
  }

  /**
   * Owner: has the record stored as CONNACK must find it; what is yet unread is read.
   *
   * @param ready told on the claimant's loop: messages received before, to be taken by {@link
   *     #takeReceived}; null when it can't be done
   */
  void prepare(
      SessionClaim claim, MqttPacket.@Nullable Will newWill, Consumer<@Nullable Received> ready) {
    Ledger ledger = engine.ledger();
    if (!ledger.isKept() || (ref == null && newWill == null)) {
      ready.accept(Received.NOTHING);
      return;
    }
    SessionRef mine = ref;
    if (mine == null) { // Only for its will.
      mine = ledger.newSession(key.scope());
      ref = mine;
    }
    limits = claim.admitted().limits();
    LoopContext loop = claim.loop();
    SessionRef stored = mine;
    boolean unread = receivedUnread;
    Runnable failed = () -> loop.post(() -> ready.accept(null));
    SessionRecord record =
        record(stored, true, claim.keepFor(), newWill, claim.admitted().login(), 0, 0);
    boolean _ =
        ledger.submit(
            Batch.builder().putSession(record).build(),
            () -> {
              if (unread) {
                ledger.read(
                    store -> {
                      Received left = Received.of(store, stored);
                      loop.post(() -> ready.accept(left));
                    },
                    failed);
              } else {
                loop.post(() -> ready.accept(Received.NOTHING));
              }
            },
            failed);
  }

  /** Owner: what {@link #prepare} has read. */
  void takeReceived(Connection opening, Received left) {
    SessionRef mine = ref;
    if (receivedUnread && mine != null) {
      receivedUnread = false;
      for (int id : left.whole()) {
        boolean _ = received().add(PendingAck.restored(opening, id, mine, engine.ledger()));
      }
      left.begun()
          .forEach((id, step) -> {
            boolean _ = received().add(PendingAck.begun(opening, id, step, mine, engine.ledger()));
          });
    }
  }

  private SessionRecord record(
      SessionRef mine,
      boolean live,
      Duration outlives,
      MqttPacket.@Nullable Will held,
      String login,
      long willDueAtMillis,
      long expiresAt) {
    long seconds = Math.min(outlives.plusNanos(999_999_999).toSeconds(), SessionRecord.NEVER);
    return new SessionRecord(
        key,
        mine.number(),
        live,
        seconds,
        expiresAt,
        engine.clock().millis(),
        new QueueLimits(limits.queuedMessagesMax(), limits.queuedBytesMax(), limits.overflow()),
        held == null ? null : StoredForm.of(held, key, login, willDueAtMillis));
  }

  /** Owner: brings the record up to date, without waiting for it. */
  void noteState() {
    SessionRef mine = ref;
    if (mine != null && !ended) {
      SessionRecord record =
          record(
              mine,
              connected,
              keepFor,
              will.held(),
              will.login(),
              will.dueAtMillis(),
              expiresAtMillis);
      engine.ledger().note(Batch.builder().putSession(record).build());
    }
  }

  /** From any thread. */
  void onLoop(Runnable task) {
    owner.post(() -> {
      if (owner.inLoop()) {
        task.run();
      } else { // It has moved meanwhile.
        onLoop(task);
      }
    });
  }

  /** From any thread: what is stored for it can't be read or changed at present. */
  void unreadable() {
    onLoop(() -> {
      if (connection != null) {
        connection.close(CloseReason.STORAGE_UNAVAILABLE);
      }
    });
  }

  /** From any thread: rows have been committed that it was not given. */
  void rowsWait() {
    onLoop(() -> {
      if (connection != null && connection.goesOn()) {
        outflow.rowsWait();
      }
    });
  }

  /** Owner. */
  Outgoing outgoing(QueuedMessage row) {
    StoredMessage stored = row.message();
    Message message =
        stored == null ? RELEASED : StoredForm.message(engine.gate(), key.scope(), stored);
    SubscriptionIds ids = SubscriptionIds.NONE;
    for (int id : row.subscriptionIds()) {
      ids = ids.plus(id);
    }
    Outgoing outgoing =
        new Outgoing(
            Outgoing.Parcel.of(message).withIds(ids), row.qos(), row.retain(), Delivery.IGNORED);
    outgoing.becomeRow(row.sequence(), 0, stored == null ? 0 : stored.bytes());
    return outgoing;
  }

  /**
   * Under the ledger's order: the message becomes a row, unless there is no room.
   *
   * @param stored its content
   */
  boolean putRow(Batch.Builder batch, Outgoing message, StoredMessage stored) {
    SessionRows mine = Objects.requireNonNull(rows, "not durable");
    if (ended) {
      engine.metrics().dropped(Drop.SESSION_ENDED);
      return false;
    }
    ClientLimits now = outflow.limits();
    boolean room = mine.hasRoom(now, stored);
    if (!room && now.overflow() == ClientLimits.Overflow.DROP_OLDEST) {
      room = mine.fits(now, stored.bytes(), 2); // The oldest go as soon as its loop has a moment.
      onLoop(outflow::trim);
    }
    if (!room) {
      long millis = engine.clock().millis();
      room = mine.hasExpired(millis) && mine.fits(now, stored.bytes(), 2);
      if (mine.mayHaveExpired(millis)) {
        onLoop(outflow::sweep);
      }
    }
    if (!room) {
      engine.metrics().dropped(Drop.QUEUE_FULL);
      if (now.overflow() == ClientLimits.Overflow.DISCONNECT) {
        onLoop(this::closeForQueue);
      }
      return false;
    }
    mine.put(batch, message, stored);
    return true;
  }

  private void closeForQueue() {
    if (connection != null) {
      connection.close(CloseReason.QUEUE_FULL);
    }
  }

  void rowCommitted(Outgoing message) {
    Objects.requireNonNull(rows, "not durable").committed(this, message);
  }

  void rowFailed(Outgoing message) {
    engine.metrics().dropped(Drop.NOT_STORED);
    Objects.requireNonNull(rows, "not durable").withdraw(message);
  }

  /**
   * From any thread: gets a message by itself, stored first if the session is durable.
   *
   * @return false when it has no room
   */
  boolean takeOver(Outgoing message) {
    return (rows != null && message.qos() != Qos.AT_MOST_ONCE)
        ? engine.scopes().store(this, message)
        : offerIfRoom(message);
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
    Outgoing outgoing = new Outgoing(Outgoing.Parcel.of(message), message.qos(), false, delivery);
    // Who wants to know what became of it keeps it himself, and sends it again after a restart.
    boolean row =
        rows != null && delivery.equals(Delivery.IGNORED) && message.qos() != Qos.AT_MOST_ONCE;
    boolean _ = row ? takeOver(outgoing) : offer(outgoing);
  }

  /** From any thread: the client may not hold this subscription any more. */
  void unsubscribe(String filter) {
    LoopContext loop = owner;
    loop.post(() -> {
      if (owner.inLoop()) {
        if (subscriptions.remove(filter) && rows != null) {
          engine.ledger().note(Batch.builder().deleteSubscription(rows.ref(), filter).build());
        }
      } else { // It has moved since.
        unsubscribe(filter);
      }
    });
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
    limits = claim.admitted().limits();
    keepFor(claim.keepFor());
    will.replace(newWill, claim.admitted().login(), owner);
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
      noteState();
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
    outflow.moving();
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
    SessionRef mine = ref;
    if (mine != null) {
      engine.ledger().note(Batch.builder().deleteSession(mine).build());
    }
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
    expireAt(engine.clock().millis() + keepFor.toMillis());
  }

  private void expireAt(long millis) {
    LoopContext loop = owner;
    Deadline deadline = new Deadline(_ -> end());
    expiry = deadline;
    expiresAtMillis = millis;
    long left = Math.max(0, millis - engine.clock().millis());
    loop.deadlines().schedule(deadline, loop.nowNanos() + Duration.ofMillis(left).toNanos());
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
    if (rows != null) { // They are held until all that has come is known.
      pump();
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
