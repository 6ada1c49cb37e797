package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.ReasonCode;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.engine.EngineMetrics.Drop;
import io.sallyport.mqtt.engine.Outgoing.Phase;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.QueuedMessage;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a session has to send: QoS 0 waiting for a slow reader, QoS 1 and 2 waiting for the window,
 * and the window itself. Every message ends in exactly one call of its {@code Delivery}. Used on
 * the session's loop only.
 */
final class Outflow {
  private final EngineContext engine;
  private final Session session;
  private final InFlightWindow window;

  /** What waits in the session store; null unless the session is durable. */
  private final @Nullable SessionRows rows;

  private volatile ClientLimits limits;
  private final MessageQueue queue;
  private final MessageQueue unsent;
  private final HeldBytes held;
  private @Nullable RetainedBacklog retained;
  private @Nullable Connection connection;
  private boolean turnPosted;

  /** Messages that may be in flight on this connection. */
  private int windowMax;

  private long windowBytes;

  /** Of the window: those that this connection has not been sent yet. */
  private int resends;

  /** Of what has been queued; nothing in the queue expires before. */
  private long earliestExpiryMillis = Long.MAX_VALUE;

  /** Written by the owner when it changes, so that others can choose who gets a message. */
  private volatile boolean backedUp;

  Outflow(EngineContext engine, Session session, ClientLimits limits, @Nullable SessionRows rows) {
    Scope scope = session.key().scope();
    this.engine = engine;
    this.session = session;
    this.rows = rows;
    this.window = rows == null ? new InFlightWindow() : InFlightWindow.besideRows(rows.sequences());
    this.limits = limits;
    this.windowMax = limits.inFlightMax();
    this.held = engine.scopes().state(scope).heldBytes();
    this.queue = new MessageQueue(held);
    this.unsent = new MessageQueue(held);
  }

  /**
   * The connection is open: what was in flight goes first, again, in the order of first sending
   * [MQTT-4.4.0-1], [MQTT-4.6.0-1], as far as the client takes it at once.
   *
   * @param receiveMax the client's, which the earlier connection's does not bind [v5:MQTT-3.3.4-9]
   */
  void attach(Connection opened, ClientLimits newLimits, int receiveMax) {
    connection = opened;
    limits = newLimits;
    windowMax = Math.min(newLimits.inFlightMax(), receiveMax);
    resends = 0;
    window.forEach(message -> {
      message.awaitsResend = message.phase != Phase.RELEASED;
      resends += message.awaitsResend ? 1 : 0;
    });
    window.forEach(message -> {
      if (message.phase == Phase.RELEASED) {
        if (message.releaseStored) {
          opened.writer().pubRel(message.packetId(), true);
        }
      } else if (mayStart(opened)) {
        resend(opened, message);
      }
    });
    if (rows != null) {
      rows.attach();
    }
    noteLoad();
  }

  /** The connection has ended; a session that outlives it keeps QoS 1 and 2. */
  void detach() {
    connection = null;
    turnPosted = false;
    unsent.clear(message -> drop(message, Drop.NO_CONNECTION));
    if (rows != null) {
      rows.removeIf(this::isHandedOn);
      rows.detach();
    }
    if (retained != null) {
      retained.interrupted();
    }
  }

  /** The session goes to another loop. */
  void moving() {
    if (rows != null) {
      rows.flushNotes();
    }
  }

  ClientLimits limits() {
    return limits;
  }

  /** From any thread: whether something waits, or another QoS 1 or 2 message would. */
  boolean isBackedUp() {
    return backedUp;
  }

  /** The session stays without a connection: its groups' connected members get what has waited. */
  void shareOut() {
    queue.removeIf(message -> isPassedOn(message, true));
    noteLoad();
  }

  /**
   * The session is not a member any more: what has not been begun goes to those who are [MQTT
   * 3.10.4]; what has is completed here.
   */
  void leave(ShareGroup<Session> group) {
    Predicate<Outgoing> ofGroup =
        message -> {
          if (message.group() != group) {
            return false;
          }
          giveUp(message, Drop.NO_MEMBER);
          return true;
        };
    queue.removeIf(ofGroup);
    if (rows != null) {
      rows.removeIf(ofGroup);
    }
    noteLoad();
  }

  /**
   * A message that this session does not complete. One of a shared group goes to another member,
   * but none of QoS 2 whose delivery has begun [v5:MQTT-4.8.2-5].
   */
  void giveUp(Outgoing message, Drop cause) {
    if (isPassedOn(message, false)) {
      forgetRow(message);
    } else {
      drop(message, cause);
    }
  }

  /** A row that a connected member of its group has got instead. */
  private boolean isHandedOn(Outgoing message) {
    boolean handed = isPassedOn(message, true);
    if (handed) {
      forgetRow(message);
    }
    return handed;
  }

  private void forgetRow(Outgoing message) {
    if (rows != null && message.isRow()) {
      rows.delete(session, message);
    }
  }

  private boolean isPassedOn(Outgoing message, boolean onlyConnected) {
    ShareGroup<Session> group = message.group();
    boolean begunOnce = message.qos() == Qos.EXACTLY_ONCE && message.phase != Phase.WAITING;
    return group != null
        && message.qos() != Qos.AT_MOST_ONCE
        && !begunOnce
        && engine.scopes().shared().passOn(group, message, onlyConnected);
  }

  private void noteLoad() {
    boolean waits = rows != null && !(rows.nothingHeld() && rows.isCaughtUp());
    boolean now =
        waits || !queue.isEmpty() || !unsent.isEmpty() || resends > 0 || inFlight() >= windowMax;
    if (now != backedUp) {
      backedUp = now;
    }
  }

  /** The session has ended. */
  void end() {
    detach();
    retained = null;
    window.forEach(message -> {
      leaveWindow(message);
      giveUp(message, Drop.SESSION_ENDED);
    });
    queue.clear(message -> giveUp(message, Drop.SESSION_ENDED));
    if (rows != null) {
      rows.end();
    }
  }

  /**
   * Takes a message from the inbox: sends it if nothing is before it, else it waits.
   *
   * @param lasting whether the session outlives its connection
   */
  void accept(Outgoing message, boolean lasting) {
    Connection live = connection;
    if (rows != null && message.isRow()) {
      acceptRow(rows, live, message);
      return;
    }
    if (live != null && !canBeSent(live, message)) {
      return;
    }
    if (message.qos() == Qos.AT_MOST_ONCE) {
      if (live == null) {
        drop(message, Drop.NO_CONNECTION);
      } else if (unsent.isEmpty() && live.writer().isWritable()) {
        sendOnce(live, message);
      } else {
        holdUnsent(message);
      }
      return;
    }
    if (live == null && !lasting) {
      giveUp(message, Drop.NO_CONNECTION);
    } else if (live == null && isPassedOn(message, true)) {
      return;
    } else if (live != null
        && queue.isEmpty()
        && resends == 0
        && mayStart(live)
        && !held.isFullFor(message.bytes())) {
      start(live, message);
    } else {
      enqueue(message);
    }
    noteLoad();
  }

  /** A row that has been committed. */
  private void acceptRow(SessionRows mine, @Nullable Connection live, Outgoing message) {
    if (mine.take(message, live != null)) {
      mine.hold(message);
    }
    noteLoad();
  }

  /** Rows wait in the store that nobody has brought here. */
  void rowsWait() {
    if (rows != null && connection != null) {
      rows.fallBehind();
      pump();
    }
  }

  /** More waits than may: what is oldest gives way. */
  void trim() {
    if (rows == null) {
      return;
    }
    trimHeld(rows);
    if (rows.isOver(limits)) {
      rows.fetchAnyway(session);
    }
    noteLoad();
  }

  private void trimHeld(SessionRows mine) {
    while (mine.isOver(limits) && !mine.nothingHeld()) {
      Outgoing oldest = mine.poll();
      if (oldest != null) {
        mine.givenWay().trimmed(oldest.sequence);
        drop(oldest, Drop.QUEUE_FULL);
      }
    }
  }

  /**
   * A page of rows has been read, oldest first, behind all that is held.
   *
   * @param readTo everything up to here is in it, if it fits
   */
  void fetched(long page, List<QueuedMessage> found, long readTo) {
    SessionRows mine = rows;
    if (mine == null || !mine.arrived(page)) {
      return;
    }
    trimHeld(mine);
    Connection live = connection;
    boolean trimmed = false;
    for (QueuedMessage row : found) {
      trimmed |= takeRow(mine, live, row);
      if (live != null) {
        mine.passed(row.sequence());
      }
    }
    if (live != null) {
      mine.pageTaken(found.isEmpty(), readTo);
    } else if (trimmed && mine.isOver(limits)) {
      mine.fetchAnyway(session);
    }
    pump();
    noteLoad();
  }

  /** Whether it gave way. */
  private boolean takeRow(SessionRows mine, @Nullable Connection live, QueuedMessage row) {
    boolean waiting = row.phase() == QueuedMessage.Phase.QUEUED;
    if (mine.givenWay().has(row)) {
      return false;
    }
    if (waiting && mine.isOver(limits)) {
      mine.givenWay().trimmed(row.sequence());
      drop(session.outgoing(row), Drop.QUEUE_FULL);
      return true;
    }
    if (live != null && waiting) {
      mine.hold(session.outgoing(row));
    } else if (live != null) {
      takeBack(mine, live, session.outgoing(row), row.phase() == QueuedMessage.Phase.RELEASED);
    }
    return false;
  }

  /** The queue is full, and some of it may have expired: that gives way. */
  void sweep() {
    if (rows != null) {
      rows.sweep(session);
    }
  }

  /** A page of rows has been read to find expired ones. */
  void swept(List<QueuedMessage> page) {
    if (rows != null) {
      rows.expired(session, page).forEach(row -> drop(session.outgoing(row), Drop.EXPIRED));
    }
  }

  /** It was in flight when the server was killed. */
  private void takeBack(SessionRows mine, Connection live, Outgoing message, boolean released) {
    enterWindow(message);
    mine.started(session, message.sequence);
    if (released) {
      message.phase = Phase.RELEASED;
      live.writer().pubRel(message.packetId(), true);
    } else {
      message.phase = Phase.PUBLISHED;
      message.awaitsResend = true;
      resends++;
    }
  }

  /** From any thread: how much may wait in the inbox before the queue sees it. */
  long inboxBytesMax() {
    return limits.queuedBytesMax() + engine.config().sessions().unsentBytesMax();
  }

  /**
   * @param identifier of the subscription, or 0
   */
  void addRetained(String filter, RetainedWalk walk, Qos granted, int identifier) {
    RetainedBacklog backlog = retained;
    if (backlog == null) {
      backlog = new RetainedBacklog(engine.metrics());
      retained = backlog;
    }
    backlog.add(filter, walk, granted, identifier);
  }

  /** The filter is held no more. */
  void forgetRetained(String filter) {
    if (retained != null) {
      retained.remove(filter);
    }
  }

  /** Sends what window and socket allow. */
  void pump() {
    Connection live = connection;
    if (live == null) {
      return;
    }
    while (live.writer().isWritable() && sendNextOnce(live)) {}
    while (resends > 0 && mayStart(live)) {
      resendNext(live);
    }
    while (resends == 0 && mayStart(live) && startNext(live)) {}
    noteLoad();
  }

  /**
   * @param reasonCode 0 in 3.x
   */
  void pubAck(Connection live, int packetId, int reasonCode) {
    Outgoing message = window.find(packetId);
    if (message == null) { // Acknowledged before, or never sent: nothing to undo.
      return;
    }
    if (message.qos() != Qos.AT_LEAST_ONCE) {
      live.close(CloseReason.PROTOCOL_ERROR);
      return;
    }
    finish(message, reasonCode);
  }

  /**
   * @param reasonCode 0 in 3.x
   */
  void pubRec(Connection live, int packetId, int reasonCode) {
    Outgoing message = window.find(packetId);
    if (message == null) { // Answered all the same, so that the client can end its flow.
      live.writer().pubRel(packetId, false);
      return;
    }
    if (message.qos() != Qos.EXACTLY_ONCE) {
      live.close(CloseReason.PROTOCOL_ERROR);
      return;
    }
    if (ReasonCode.isFailure(reasonCode)) { // [v5:MQTT-4.4.0-2]: no PUBREL.
      finish(message, reasonCode);
      return;
    }
    sentAgain(message);
    if (rows == null || !message.isRow()) {
      message.phase = Phase.RELEASED;
      live.writer().pubRel(packetId, true);
    } else if (message.phase != Phase.RELEASED) {
      release(rows, message);
    } else if (message.releaseStored) {
      live.writer().pubRel(packetId, true);
    }
  }

  /** PUBREL once it is stored: else, after a crash, the message could be published anew. */
  private void release(SessionRows mine, Outgoing message) {
    message.phase = Phase.RELEASED;
    message.releaseStored = false;
    mine.release(message);
    boolean _ =
        engine
            .ledger()
            .submit(
                Batch.builder().releaseMessage(mine.ref(), message.sequence).build(),
                () -> session.onLoop(() -> released(message)),
                session::unreadable);
  }

  private void released(Outgoing message) {
    message.releaseStored = true;
    Connection live = connection;
    if (live != null && live.isOpen() && window.find(message.packetId()) == message) {
      live.writer().pubRel(message.packetId(), true);
    }
  }

  /** With whatever reason: the flow is over. */
  void pubComp(Connection live, int packetId) {
    Outgoing message = window.find(packetId);
    if (message == null) {
      return;
    }
    if (message.phase != Phase.RELEASED) {
      live.close(CloseReason.PROTOCOL_ERROR);
      return;
    }
    finish(message, 0);
  }

  private void finish(Outgoing message, int reasonCode) {
    leaveWindow(message);
    if (!ReasonCode.isFailure(reasonCode)) {
      forgetRow(message);
    }
    if (ReasonCode.isFailure(reasonCode)) {
      drop(message, Drop.REFUSED_BY_CLIENT); // Not for another to take [v5:MQTT-4.8.2-6].
    } else {
      engine.guard(message.delivery()::delivered);
    }
    pump();
  }

  private void enterWindow(Outgoing message) {
    window.add(message);
    windowBytes += message.bytes();
    held.add(message.bytes());
  }

  private void leaveWindow(Outgoing message) {
    sentAgain(message);
    window.remove(message);
    windowBytes -= message.bytes();
    held.add(-message.bytes());
    if (rows != null && message.isRow()) {
      rows.leftWindow();
    }
  }

  private void sentAgain(Outgoing message) {
    if (message.awaitsResend) {
      message.awaitsResend = false;
      resends--;
    }
  }

  /** Sent on this connection, or before it and half completed. */
  private int inFlight() {
    return window.size() - resends;
  }

  /** What is in flight is bounded by bytes as the queue is: a window of big messages is memory. */
  private boolean mayStart(Connection live) {
    return inFlight() < windowMax
        && (windowBytes < limits.queuedBytesMax() || resends > 0)
        && live.writer().isWritable();
  }

  /** False when nothing waits. */
  private boolean sendNextOnce(Connection live) {
    Outgoing message = unsent.poll();
    if (message != null && allowed(live, message)) {
      sendOnce(live, message);
    }
    return message != null;
  }

  /** False when nothing waits. */
  private boolean startNext(Connection live) {
    Outgoing message = queue.poll();
    if (message != null) {
      if (allowed(live, message)) {
        start(live, message);
      }
      return true;
    }
    if (rows != null && !(rows.nothingHeld() && rows.isCaughtUp())) {
      return startNextRow(rows, live);
    }
    RetainedBacklog backlog = retained;
    if (backlog == null || (rows != null && rows.uncommitted() >= windowMax)) {
      return false;
    }
    Outgoing copy = backlog.next();
    endTurnLater(live);
    if (copy == null) {
      return false;
    }
    if (!allowed(live, copy)) {
      return true;
    }
    if (copy.qos() == Qos.AT_MOST_ONCE) {
      sendOnce(live, copy);
    } else if (rows == null) {
      start(live, copy);
    } else if (!session.takeOver(copy)) {
      drop(copy, Drop.QUEUE_FULL);
    }
    return true;
  }

  /** False when none is here, or its packet id is still in use. */
  private boolean startNextRow(SessionRows mine, Connection live) {
    Outgoing first = mine.peek();
    if (first != null && window.isTaken(first.packetId())) {
      return false;
    }
    Outgoing message = mine.poll();
    mine.fetch(session);
    if (message == null) {
      return false;
    }
    if (allowed(live, message)) {
      start(live, message);
    }
    return true;
  }

  /**
   * What one turn of the loop may look at is bounded however many packets ask for it: the next turn
   * comes when others have had theirs.
   */
  private void endTurnLater(Connection live) {
    if (!turnPosted) {
      turnPosted = true;
      live.loop()
          .postpone(() -> {
            if (live.isOpen()) { // Else the session may belong to another loop by now.
              turnPosted = false;
              beginTurn();
            }
          });
    }
  }

  private void beginTurn() {
    if (retained != null && retained.isEmpty()) {
      retained = null;
    }
    if (retained != null) {
      retained.beginTurn();
      pump();
    }
  }

  private void start(Connection live, Outgoing message) {
    enterWindow(message);
    message.phase = Phase.PUBLISHED;
    if (rows != null && message.isRow()) {
      rows.started(session, message.sequence);
    }
    live.writer().publish(message, false, message.packetId());
  }

  private static void sendOnce(Connection live, Outgoing message) {
    live.writer().publishOnce(message);
  }

  private void resendNext(Connection live) {
    Outgoing message = window.firstToResend();
    if (message == null) {
      throw new IllegalStateException(resends + " to be sent again are not in the window");
    }
    resend(live, message);
  }

  /** Its delivery has begun, so it goes on even if it has expired meanwhile. */
  private void resend(Connection live, Outgoing message) {
    if (!engine.mayDeliver(live.binding(), message.message())) {
      leaveWindow(message); // THREATS T32: rights in force now come before the flow.
      drop(message, Drop.NOT_ALLOWED);
    } else if (!live.writer().fits(message)) {
      leaveWindow(message);
      drop(message, Drop.PACKET_TOO_LARGE);
    } else {
      sentAgain(message);
      live.writer().publish(message, true, message.packetId());
    }
  }

  /** After it has waited: rights and time may have changed. */
  private boolean allowed(Connection live, Outgoing message) {
    if (!engine.mayDeliver(live.binding(), message.message())) {
      drop(message, Drop.NOT_ALLOWED);
      return false;
    }
    return canBeSent(live, message);
  }

  /** [v5:MQTT-3.3.2-5]; [v5:MQTT-3.1.2-25]: as if it had been sent. */
  private boolean canBeSent(Connection live, Outgoing message) {
    if (engine.isExpired(message.message())) {
      drop(message, Drop.EXPIRED);
      return false;
    }
    if (!live.writer().fits(message)) {
      drop(message, Drop.PACKET_TOO_LARGE);
      return false;
    }
    return true;
  }

  private void holdUnsent(Outgoing message) {
    boolean full = unsent.bytes() + message.bytes() > engine.config().sessions().unsentBytesMax();
    if (full || held.isFullFor(message.bytes())) {
      drop(message, Drop.SLOW_READER);
    } else {
      unsent.add(message);
      noteLoad();
    }
  }

  private void enqueue(Outgoing message) {
    if (isFull(message)) {
      dropExpired();
    }
    while (isFull(message)) {
      Outgoing oldest =
          limits.overflow() == ClientLimits.Overflow.DROP_OLDEST ? queue.poll() : null;
      if (oldest == null) {
        drop(message, Drop.QUEUE_FULL);
        if (limits.overflow() == ClientLimits.Overflow.DISCONNECT && connection != null) {
          connection.close(CloseReason.QUEUE_FULL);
        }
        return;
      }
      drop(oldest, Drop.QUEUE_FULL);
    }
    queue.add(message);
    long expiresAtMillis = message.message().expiresAtMillis();
    if (expiresAtMillis != 0) {
      earliestExpiryMillis = Math.min(earliestExpiryMillis, expiresAtMillis);
    }
  }

  /** Makes room, if there can be any: looks through the queue only when something has expired. */
  private void dropExpired() {
    if (earliestExpiryMillis == Long.MAX_VALUE || engine.clock().millis() < earliestExpiryMillis) {
      return;
    }
    earliestExpiryMillis = Long.MAX_VALUE;
    queue.removeIf(message -> {
      if (engine.isExpired(message.message())) {
        drop(message, Drop.EXPIRED);
        return true;
      }
      long expiresAtMillis = message.message().expiresAtMillis();
      if (expiresAtMillis != 0) {
        earliestExpiryMillis = Math.min(earliestExpiryMillis, expiresAtMillis);
      }
      return false;
    });
  }

  private boolean isFull(Outgoing message) {
    return queue.size() >= limits.queuedMessagesMax()
        || queue.bytes() + message.bytes() > limits.queuedBytesMax()
        || held.isFullFor(message.bytes());
  }

  private void drop(Outgoing message, Drop cause) {
    forgetRow(message);
    engine.metrics().dropped(cause);
    engine.guard(message.delivery()::dropped);
  }

  /** For a message that the inbox could not take. */
  static void refuse(EngineContext engine, Delivery delivery, Drop cause) {
    engine.metrics().dropped(cause);
    engine.guard(delivery::dropped);
  }
}
