package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.ClientGate;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.ReasonCode;
import io.sallyport.mqtt.RetainOutcome;
import io.sallyport.mqtt.RetainedShare;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.mqtt.engine.EngineMetrics.Drop;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.StoredMessage;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Subscription index and retained messages, scope by scope. Thread-safe. */
final class Scopes {
  /** Of all scopes. */
  private record Totals(HeldBytes held, HeldBytes stored, HeldBytes kept, HeldBytes indexed) {}

  /** One scope: nothing here is reachable from another. */
  static final class State {
    private final TopicTree<Session> subscriptions;
    private final ShareGroups<Session> groups;
    private final RetainedMessages retained;
    private final AtomicInteger offlineSessions = new AtomicInteger();
    private final HeldBytes heldBytes;
    private final HeldBytes storedBytes;

    /** Whether what is retained is stored; written under the ledger's order. */
    private volatile boolean keepsRetained;

    /** Where the part of the scope's log begins that has not been routed; 0 where there is none. */
    private volatile long nextPosition;

    /** Of the log, as last stored; written under the ledger's order. */
    private volatile long storedPosition;

    /** A copy of a message of the log could not be stored: the place before it must be kept. */
    private volatile boolean missing;

    private State(MqttConfig config, Clock clock, Totals totals) {
      heldBytes = new HeldBytes(config.sessions().heldBytesPerScopeMax(), totals.held());
      storedBytes = new HeldBytes(config.sessions().storedBytesPerScopeMax(), totals.stored());
      HeldBytes indexed =
          new HeldBytes(config.subscriptions().indexBytesPerScopeMax(), totals.indexed());
      subscriptions = new TopicTree<>(config.subscriptions().matchVisitsMax(), indexed);
      groups = new ShareGroups<>(config.subscriptions(), indexed);
      retained = new RetainedMessages(config.retained(), clock, totals.kept());
    }

    TopicTree<Session> subscriptions() {
      return subscriptions;
    }

    ShareGroups<Session> groups() {
      return groups;
    }

    RetainedMessages retained() {
      return retained;
    }

    HeldBytes heldBytes() {
      return heldBytes;
    }

    /** What waits in the store. */
    HeldBytes storedBytes() {
      return storedBytes;
    }

    AtomicInteger offlineSessions() {
      return offlineSessions;
    }
  }

  private static final long NO_POSITION = -1;

  /** After so many positions of a log without rows the place is stored all the same. */
  private static final long UNSTORED_POSITIONS_MAX = 1_000;

  private final MqttConfig config;
  private final Clock clock;
  private final EngineMetrics metrics;
  private final SharedDelivery shared;
  private final Totals totals;
  private final Ledger ledger;
  private final Map<Scope, State> states = new ConcurrentHashMap<>();

  Scopes(MqttConfig config, Clock clock, EngineMetrics metrics, Ledger ledger) {
    this.ledger = ledger;
    this.config = config;
    this.clock = clock;
    this.metrics = metrics;
    this.shared = new SharedDelivery(metrics);
    this.totals =
        new Totals(
            new HeldBytes(config.sessions().heldBytesMax()),
            new HeldBytes(config.sessions().storedBytesMax()),
            new HeldBytes(config.retained().bytesMax()),
            new HeldBytes(config.subscriptions().indexBytesMax()));
  }

  State state(Scope scope) {
    State state = states.get(scope);
    return state != null
        ? state
        : states.computeIfAbsent(scope, _ -> new State(config, clock, totals));
  }

  SharedDelivery shared() {
    return shared;
  }

  int route(Scope scope, Message message, @Nullable SessionKey publisher) {
    return carry(scope, message, publisher, null, NO_POSITION, false, () -> {}, () -> {});
  }

  /** For a message of the scope's log. */
  int route(Scope scope, Message message, long position) {
    if (!ledger.isKept()) {
      return route(scope, message, null);
    }
    State state = state(scope);
    ledger.awaitRoom();
    int copies =
        carry(scope, message, null, null, position, false, () -> {}, () -> state.missing = true);
    state.nextPosition = Math.max(state.nextPosition, position + 1); // One thread routes the log.
    if (state.nextPosition - state.storedPosition >= UNSTORED_POSITIONS_MAX) {
      synchronized (ledger.order()) {
        Batch.Builder batch = Batch.builder();
        noteCursor(scope, batch);
        ledger.note(batch.build());
      }
    }
    return copies;
  }

  void logRouted(Scope scope, long nextPosition) {
    synchronized (ledger.order()) {
      State state = state(scope);
      state.nextPosition = Math.max(state.nextPosition, nextPosition);
      state.storedPosition = state.nextPosition;
    }
  }

  /** Under the ledger's order: with rows of the scope, and with subscriptions that begin now. */
  void noteCursor(Scope scope, Batch.Builder batch) {
    State state = state(scope);
    state.storedPosition = state.nextPosition;
    if (!state.missing) {
      batch.putCursor(scope, state.nextPosition);
    }
  }

  /** For a client's message, which is answered once everything about it is stored. */
  void publish(
      Scope scope, Message message, @Nullable SessionKey publisher, RetainedShare share, Ack ack) {
    Runnable failed = () -> ack.close(CloseReason.STORAGE_UNAVAILABLE);
    Batch.Builder batch = ledger.isKept() ? Batch.builder() : null;
    if (batch != null && ack instanceof PendingAck pending) {
      pending.noteIn(batch);
    }
    if (!message.retained()) {
      int _ = carry(scope, message, publisher, batch, NO_POSITION, true, ack::accepted, failed);
      return;
    }
    synchronized (ledger.order()) { // Retained messages change in memory as they do in the store.
      if (keep(scope, message, publisher, share, batch)) {
        int _ = carry(scope, message, publisher, batch, NO_POSITION, true, ack::accepted, failed);
        return;
      }
    }
    ack.refused(ReasonCode.QUOTA_EXCEEDED.code());
  }

  /**
   * Gives everybody his copy: connected ones and those whose session does not outlive the process
   * at once, durable sessions theirs above QoS 0 when it is stored.
   *
   * @param batch what is stored with the copies; null for nothing
   * @param position in the scope's log, which is stored with the first row
   * @param again whether the message comes again if it can't be stored: then nobody gets it now
   * @param stored told when all that is to be stored is, on whatever thread
   * @param failed told instead
   * @return how many copies were made
   */
  private int carry(
      Scope scope,
      Message message,
      @Nullable SessionKey publisher,
      Batch.@Nullable Builder batch,
      long position,
      boolean again,
      Runnable stored,
      Runnable failed) {
    State state = states.get(scope);
    if (state == null || message.topic().isEmpty()) {
      boolean _ = store(scope, new Copies(message), batch, position, stored, failed);
      return 0;
    }
    Matches<Session> matches = state.subscriptions().match(message.topic(), publisher);
    metrics.matched(matches);
    Copies copies = new Copies(message);
    if (ledger.isKept()) {
      for (int i = 0; i < matches.size(); i++) {
        Grant<Session> grant = matches.get(i);
        if (isStored(grant, message) && isAllowed(grant.subscriber(), message)) {
          copies.row(grant.subscriber(), copy(copies, grant));
        }
      }
    }
    if (!state.groups().isEmpty()) {
      share(state, copies);
    }
    boolean taken = store(scope, copies, batch, position, stored, failed);
    if (!taken && again) {
      return 0;
    }
    int made = taken ? copies.rowsMade() : 0;
    for (int i = 0; i < matches.size(); i++) {
      Grant<Session> grant = matches.get(i);
      Session session = grant.subscriber();
      if (isStored(grant, message)
          || (grant.qos().min(message.qos()) == Qos.AT_MOST_ONCE && !session.isConnected())) {
        continue;
      }
      if (isAllowed(session, message) && session.offer(copy(copies, grant))) {
        made++;
      }
    }
    return made + giveShared(copies);
  }

  private static boolean isStored(Grant<Session> grant, Message message) {
    return grant.subscriber().isDurable() && grant.qos().min(message.qos()) != Qos.AT_MOST_ONCE;
  }

  private boolean isAllowed(Session session, Message message) {
    boolean allowed = session.mayDeliver(message);
    if (!allowed) {
      metrics.dropped(Drop.NOT_ALLOWED);
    }
    return allowed;
  }

  private static Outgoing copy(Copies copies, Grant<Session> grant) {
    Message message = copies.message();
    // [MQTT-3.3.1-9], [v5:MQTT-3.3.1-12, -13]: a live copy carries the retain flag only if asked.
    boolean retain = grant.retainAsPublished() && message.retained();
    return new Outgoing(
        copies.parcel().withIds(grant.ids()),
        grant.qos().min(message.qos()),
        retain,
        Delivery.IGNORED);
  }

  /** One copy for each group [v5:MQTT-4.8.2-3]; nobody has got it yet. */
  private void share(State state, Copies copies) {
    Matches<ShareGroup<Session>> groups = state.groups().match(copies.message().topic());
    metrics.matched(groups);
    for (int i = 0; i < groups.size(); i++) {
      boolean _ = shared.deliver(groups.get(i).subscriber(), copies.parcel(), copies::choose);
    }
  }

  private int giveShared(Copies copies) {
    int made = 0;
    for (Copies.Copy chosen : copies.chosen()) {
      ShareGroup<Session> group = chosen.outgoing().group();
      if (chosen.session().offerIfRoom(chosen.outgoing())
          || (group != null && shared.deliver(group, copies.parcel(), Session::takeOver))) {
        made++;
      }
    }
    return made;
  }

  /** False when it has failed already; {@code failed} has been told then. */
  private boolean store(
      Scope scope,
      Copies copies,
      Batch.@Nullable Builder with,
      long position,
      Runnable stored,
      Runnable failed) {
    if (copies.rows().isEmpty() && (with == null || with.isEmpty())) {
      stored.run();
      return true;
    }
    Batch.Builder batch = with == null ? Batch.builder() : with;
    StoredMessage message = copies.rows().isEmpty() ? null : StoredForm.of(copies.message(), null);
    List<Copies.Copy> rows = new ArrayList<>(copies.rows().size());
    synchronized (ledger.order()) {
      for (Copies.Copy copy : copies.rows()) {
        if (message != null && copy.session().putRow(batch, copy.outgoing(), message)) {
          rows.add(copy);
        }
      }
      copies.rowsMade(rows.size());
      if (position != NO_POSITION && !rows.isEmpty()) {
        State state = state(scope);
        state.nextPosition = Math.max(state.nextPosition, position + 1);
        noteCursor(scope, batch);
      }
      if (!batch.isEmpty()) {
        return ledger.submit(
            batch.build(),
            () -> {
              rows.forEach(Copies.Copy::committed);
              stored.run();
            },
            () -> {
              rows.forEach(Copies.Copy::withdraw);
              failed.run();
            });
      }
    }
    stored.run();
    return true;
  }

  /**
   * For one durable session, when something was not stored with others.
   *
   * @return false when it has no room
   */
  boolean store(Session session, Outgoing outgoing) {
    StoredMessage message = StoredForm.of(outgoing.message(), null);
    Copies.Copy copy = new Copies.Copy(session, outgoing);
    synchronized (ledger.order()) {
      Batch.Builder batch = Batch.builder();
      return session.putRow(batch, outgoing, message)
          && ledger.submit(batch.build(), copy::committed, copy::withdraw);
    }
  }

  boolean wouldRetain(Scope scope, Message message, SessionKey publisher, RetainedShare share) {
    return state(scope).retained().hasRoom(message, publisher.owner(), share);
  }

  RetainOutcome retain(
      Scope scope, Message message, @Nullable SessionKey publisher, RetainedShare share) {
    synchronized (ledger.order()) {
      Batch.Builder batch = ledger.isKept() ? Batch.builder() : null;
      return keep(scope, message, publisher, share, batch)
          ? new RetainOutcome.Routed(
              carry(scope, message, publisher, batch, NO_POSITION, false, () -> {}, () -> {}))
          : new RetainOutcome.Refused(ReasonCode.QUOTA_EXCEEDED.code());
    }
  }

  /** Under the ledger's order. False when a limit keeps it out. */
  private boolean keep(
      Scope scope,
      Message message,
      @Nullable SessionKey publisher,
      RetainedShare share,
      Batch.@Nullable Builder batch) {
    State state = state(scope);
    if (message.payload().length == 0) { // [MQTT-3.3.1-10], -11
      state.retained().remove(message.topic());
      if (batch != null && state.keepsRetained) {
        batch.deleteRetained(scope, message.topic());
      }
      return true;
    }
    if (!state.retained().put(message, publisher == null ? null : publisher.owner(), share)) {
      metrics.retainedRefused();
      return false;
    }
    if (batch != null && state.keepsRetained) {
      batch.putRetained(scope, StoredForm.of(message, publisher));
    }
    return true;
  }

  void clearRetained(Scope scope, String topic) {
    State state = states.get(scope);
    if (state != null) {
      synchronized (ledger.order()) {
        state.retained().remove(topic);
        if (state.keepsRetained) {
          ledger.note(Batch.builder().deleteRetained(scope, topic).build());
        }
      }
    }
  }

  /** Forgets what is retained; the rows too, where there are any. */
  void clear(Scope scope) {
    State state = states.get(scope);
    if (state != null) {
      synchronized (ledger.order()) {
        if (state.keepsRetained) {
          Batch.Builder batch = Batch.builder();
          state.retained().forEach(message -> batch.deleteRetained(scope, message.topic()));
          if (!batch.isEmpty()) {
            ledger.note(batch.build());
          }
        }
        state.retained().clear();
      }
    }
  }

  /** Reads what is retained in the scope, and stores every change from now on. May block. */
  void keepRetained(Scope scope, ClientGate gate) {
    State state = state(scope);
    List<StoredMessage> found = new ArrayList<>();
    ledger.store().loadRetained(scope, found::add);
    synchronized (ledger.order()) {
      if (state.keepsRetained) {
        return;
      }
      state.keepsRetained = true;
      long now = clock.millis();
      for (StoredMessage stored : found) {
        String author = stored.author().isEmpty() ? null : stored.author();
        if (stored.expiredAt(now)
            || !state.retained().put(StoredForm.message(gate, scope, stored), author)) {
          ledger.note(Batch.builder().deleteRetained(scope, stored.topic()).build());
        }
      }
    }
  }
}
