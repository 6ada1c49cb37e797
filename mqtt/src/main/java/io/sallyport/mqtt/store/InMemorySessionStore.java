package io.sallyport.mqtt.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.sallyport.mqtt.ReceivedMark;
import io.sallyport.mqtt.Scope;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The port's behaviour without a disk: the reference for other stores, and the store of an engine
 * that need not survive its process. Thread-safe.
 */
public final class InMemorySessionStore implements SessionStore {
  private static final Comparator<SessionRef> BY_SCOPE_AND_NUMBER =
      Comparator.comparing((SessionRef session) -> session.scope().owner())
          .thenComparingLong(session -> session.scope().number())
          .thenComparingLong(SessionRef::number);

  private final Executor commits;
  private final int batchesMax;

  // All guarded by this.
  private final NavigableMap<SessionRef, Rows> sessions = new TreeMap<>(BY_SCOPE_AND_NUMBER);
  private final Map<Scope, NavigableMap<String, StoredMessage>> retained = new HashMap<>();
  private final Map<Scope, Long> cursors = new HashMap<>();
  private final List<Runnable> resumptions = new ArrayList<>();
  private final Queue<Submission> waiting = new ArrayDeque<>();
  private long numbers;
  private boolean closed;

  /** What belongs to one session; may be there without its record, until the next load. */
  private static final class Rows {
    private @Nullable SessionRecord session;
    private final NavigableMap<String, StoredSubscription> subscriptions = new TreeMap<>();
    private final NavigableMap<Long, QueuedMessage> messages = new TreeMap<>();

    /** With the last step of those that are not received whole; 0 for the others. */
    private final NavigableMap<Integer, Long> received = new TreeMap<>();

    private long sentTo;
  }

  private record Submission(
      Batch batch, Runnable committed, Consumer<SessionStoreException> failed) {}

  /**
   * @param commits runs commits in order, one at a time: {@code Runnable::run} where {@code submit}
   *     may commit at once, a queue where a test decides
   * @param batchesMax batches that may wait for {@code commits}
   */
  public InMemorySessionStore(Executor commits, int batchesMax) {
    this.commits = commits;
    this.batchesMax = batchesMax;
  }

  @Override
  public synchronized long newSessionNumber() {
    return ++numbers;
  }

  @Override
  public void load(Loading loading) {
    List<Rows> found;
    synchronized (this) {
      sessions.values().removeIf(rows -> rows.session == null);
      found = List.copyOf(sessions.values());
    }
    for (Rows rows : found) {
      SessionRecord session = rows.session;
      if (session != null) {
        loading.session(session, summary(rows));
        rows.subscriptions.values().forEach(each -> loading.subscription(session.ref(), each));
      }
    }
  }

  private static QueueSummary summary(Rows rows) {
    if (rows.messages.isEmpty()) {
      return new QueueSummary(0, 0, 0, rows.sentTo);
    }
    long bytes = 0;
    for (QueuedMessage queued : rows.messages.values()) {
      StoredMessage message = queued.message();
      bytes += message == null ? 0 : message.bytes();
    }
    return new QueueSummary(
        rows.messages.size(),
        bytes,
        rows.messages.firstKey(),
        Math.max(rows.sentTo, rows.messages.lastKey()));
  }

  @Override
  public void submit(Batch batch, Runnable committed, Consumer<SessionStoreException> failed) {
    SessionStoreException.Reason refused;
    synchronized (this) {
      if (closed) {
        refused = SessionStoreException.Reason.STOPPING;
      } else if (waiting.size() >= batchesMax) {
        refused = SessionStoreException.Reason.BUSY;
      } else {
        refused = null;
        waiting.add(new Submission(batch, committed, failed));
      }
    }
    if (refused == null) {
      commits.execute(this::commitNext);
    } else {
      failed.accept(new SessionStoreException(refused, "the batch was not taken"));
    }
  }

  @Override
  public void submitLazily(Batch batch) {
    synchronized (this) {
      if (closed) {
        return;
      }
      waiting.add(new Submission(batch, () -> {}, _ -> {}));
    }
    commits.execute(this::commitNext);
  }

  private void commitNext() {
    Submission next;
    List<Runnable> resumed = List.of();
    synchronized (this) {
      next = waiting.poll();
      if (next != null) {
        next.batch().operations().forEach(this::apply);
      }
      if (accepting()) {
        resumed = List.copyOf(resumptions);
        resumptions.clear();
      }
    }
    if (next != null) {
      next.committed().run();
    }
    resumed.forEach(Runnable::run);
  }

  @Override
  public synchronized boolean accepting() {
    return !closed && waiting.size() < batchesMax;
  }

  @Override
  public void whenAccepting(Runnable resumed) {
    synchronized (this) {
      if (!accepting()) {
        resumptions.add(resumed);
        return;
      }
    }
    resumed.run();
  }

  // Called with the lock held.
  private void apply(Operation operation) {
    switch (operation) {
      case Operation.PutSession(SessionRecord session) -> of(session.ref()).session = session;
      case Operation.DeleteSession(SessionRef session) -> sessions.remove(session);
      case Operation.PutSubscription(SessionRef session, StoredSubscription subscription) ->
          of(session).subscriptions.put(subscription.filter(), subscription);
      case Operation.DeleteSubscription(SessionRef session, String filter) ->
          of(session).subscriptions.remove(filter);
      case Operation.PutMessage(QueuedMessage queued, StoredMessage _) ->
          of(queued.session()).messages.put(queued.sequence(), queued);
      case Operation.NoteSent(SessionRef session, long sequence) -> of(session).sentTo = sequence;
      case Operation.ReleaseMessage(SessionRef session, long sequence) ->
          of(session)
              .messages
              .computeIfPresent(
                  sequence, (_, queued) -> queued(queued, QueuedMessage.Phase.RELEASED));
      case Operation.DeleteMessage(SessionRef session, long sequence) ->
          of(session).messages.remove(sequence);
      case Operation.MarkReceived(SessionRef session, int packetId) ->
          of(session).received.put(packetId, 0L);
      case Operation.UnmarkReceived(SessionRef session, int packetId) ->
          of(session).received.remove(packetId);
      case Operation.PutRetained(Scope scope, StoredMessage message) ->
          retained.computeIfAbsent(scope, _ -> new TreeMap<>()).put(message.topic(), message);
      case Operation.DeleteRetained(Scope scope, String topic) -> {
        NavigableMap<String, StoredMessage> messages = retained.get(scope);
        if (messages != null) {
          messages.remove(topic);
        }
      }
      case Operation.PutCursor(Scope scope, long position) -> cursors.put(scope, position);
      case Operation.DeleteScope(Scope scope) -> {
        sessions.keySet().removeIf(session -> session.scope().equals(scope));
        retained.remove(scope);
        cursors.remove(scope);
      }
    }
  }

  private Rows of(SessionRef session) {
    return sessions.computeIfAbsent(session, _ -> new Rows());
  }

  private static QueuedMessage queued(QueuedMessage queued, QueuedMessage.Phase phase) {
    return new QueuedMessage(
        queued.session(),
        queued.sequence(),
        phase,
        queued.qos(),
        queued.retain(),
        queued.subscriptionIds(),
        phase == QueuedMessage.Phase.RELEASED ? null : queued.message());
  }

  @Override
  public synchronized List<QueuedMessage> rows(
      SessionRef session, long fromSequence, int messagesMax, long bytesMax) {
    List<QueuedMessage> found = new ArrayList<>();
    Rows rows = sessions.get(session);
    if (rows == null) {
      return found;
    }
    long bytes = 0;
    for (QueuedMessage queued : rows.messages.tailMap(fromSequence).values()) {
      StoredMessage message = queued.message();
      bytes += message == null ? 0 : message.bytes();
      if (found.size() == messagesMax || (bytes > bytesMax && !found.isEmpty())) {
        break;
      }
      boolean sent =
          queued.phase() == QueuedMessage.Phase.QUEUED && queued.sequence() <= rows.sentTo;
      found.add(sent ? queued(queued, QueuedMessage.Phase.SENT) : queued);
    }
    return found;
  }

  @Override
  public synchronized List<Integer> receivedIds(SessionRef session) {
    Rows rows = sessions.get(session);
    if (rows == null) {
      return List.of();
    }
    List<Integer> ids = new ArrayList<>();
    rows.received.forEach((id, step) -> {
      if (step == 0) {
        ids.add(id);
      }
    });
    return ids;
  }

  @Override
  public synchronized Map<Integer, Long> receivedSteps(SessionRef session) {
    Rows rows = sessions.get(session);
    Map<Integer, Long> steps = new TreeMap<>();
    if (rows != null) {
      rows.received.forEach((id, step) -> {
        if (step != 0) {
          steps.put(id, step);
        }
      });
    }
    return steps;
  }

  @Override
  public ReceivedMark receivedMark(SessionRef session, int packetId) {
    return new ReceivedMark(markKey(session, packetId), new byte[] {1});
  }

  @Override
  public ReceivedMark stepMark(SessionRef session, int packetId, long step) {
    return new ReceivedMark(
        markKey(session, packetId), ByteBuffer.allocate(9).put((byte) 1).putLong(step).array());
  }

  private synchronized byte[] markKey(SessionRef session, int packetId) {
    Rows rows = sessions.get(session);
    if (rows == null || rows.session == null) {
      throw new IllegalStateException("the session is not stored");
    }
    byte[] owner = session.scope().owner().getBytes(UTF_8);
    return ByteBuffer.allocate(owner.length + 18)
        .putLong(session.number())
        .putShort((short) packetId)
        .putLong(session.scope().number())
        .put(owner)
        .array();
  }

  @Override
  public void loadRetained(Scope scope, Consumer<StoredMessage> sink) {
    List<StoredMessage> found;
    synchronized (this) {
      NavigableMap<String, StoredMessage> messages = retained.get(scope);
      found = messages == null ? List.of() : List.copyOf(messages.values());
    }
    found.forEach(sink);
  }

  @Override
  public synchronized OptionalLong cursor(Scope scope) {
    Long position = cursors.get(scope);
    return position == null ? OptionalLong.empty() : OptionalLong.of(position);
  }

  @Override
  public synchronized void clearSessions() {
    sessions.clear();
    cursors.clear();
  }

  /** Writes a mark as a log would that shares this store. */
  public synchronized void putMark(ReceivedMark mark) {
    ByteBuffer key = ByteBuffer.wrap(mark.key());
    long number = key.getLong();
    int packetId = key.getShort() & 0xffff;
    long scopeNumber = key.getLong();
    byte[] owner = new byte[key.remaining()];
    key.get(owner);
    Scope scope = new Scope(new String(owner, UTF_8), scopeNumber);
    Rows rows = sessions.get(new SessionRef(scope, number));
    if (rows != null) {
      byte[] value = mark.value();
      rows.received.put(packetId, value.length == 1 ? 0 : ByteBuffer.wrap(value).getLong(1));
    }
  }

  @Override
  public void close() {
    List<Submission> rest;
    synchronized (this) {
      closed = true;
      rest = List.copyOf(waiting);
      waiting.clear();
    }
    rest.forEach(each ->
        each.failed()
            .accept(
                new SessionStoreException(
                    SessionStoreException.Reason.STOPPING, "the store was closed")));
  }
}
