package io.sallyport.mqtt.store;

import io.sallyport.mqtt.ReceivedMark;
import io.sallyport.mqtt.Scope;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What survives a kill of the process: durable sessions with their subscriptions, queued messages,
 * received ids and wills, retained messages, and how far each scope's log has been put into the
 * queues (MESSAGING section 6: {@code table}, {@code claim}'s state, {@code commit}).
 *
 * <p>Life: {@link #load} once, then everything else, {@link #close}. Thread-safe. {@link #submit},
 * {@link #submitLazily}, {@link #accepting}, {@link #newSessionNumber}, {@link #receivedMark} and
 * {@link #stepMark} never block and are for event loops; the reads ({@link #rows}, {@link
 * #receivedIds}, {@link #receivedSteps}, {@link #loadRetained}, {@link #cursor}) may wait for a
 * disk and are not. Reads see what is committed: who needs what he has just submitted waits for its
 * commit, or for that of an empty batch behind it.
 */
public interface SessionStore extends AutoCloseable {
  /** A number that no session has or had, also across restarts. */
  long newSessionNumber();

  /**
   * Streams what an engine needs before its first connection: each session, then its subscriptions,
   * then the next session. Message rows are counted, not read. Rows whose session is gone, and
   * scopes whose keys are, are cleared away.
   *
   * @throws SessionStoreException {@code FAILED}, {@code FULL} or {@code CORRUPT}
   */
  void load(Loading loading);

  /** Takes what {@link #load} finds. */
  interface Loading {
    void session(SessionRecord session, QueueSummary queue);

    void subscription(SessionRef session, StoredSubscription subscription);
  }

  /**
   * Writes the batch durably: synced (embedded) or acknowledged by all replicas in sync (cluster).
   * Batches are committed in the order of their submission, many with one sync. While the store
   * can't write, they wait.
   *
   * @param committed called once it survives kill and power loss; in the order of submission, on
   *     the store's thread: it must be quick
   * @param failed called instead: {@code BUSY} at once when more waits than is allowed; {@code
   *     GONE} or {@code UNSTORABLE} if this batch can't be written, nothing of it is then; {@code
   *     STOPPING}
   */
  void submit(Batch batch, Runnable committed, Consumer<SessionStoreException> failed);

  /**
   * Writes the batch with the next synced one, or by itself at most 50 ms later without a sync: it
   * survives a kill from then on, and power loss from the next sync on. Keeps its place between
   * other batches. Never refused, since it makes room: it is meant for {@code deleteMessage} and
   * {@code noteSent}.
   */
  void submitLazily(Batch batch);

  /** False while an engine should read nothing that leads to a batch. */
  boolean accepting();

  /** Runs {@code resumed} once when {@link #accepting} is true again; at once if it is. */
  void whenAccepting(Runnable resumed);

  /**
   * Committed messages of a session with sequences of at least {@code fromSequence}, oldest first:
   * as many as fit, at least one if there is one. Expired ones are among them; those of a scope
   * whose keys are destroyed are not.
   *
   * @param bytesMax of {@link StoredMessage#bytes} together
   * @throws SessionStoreException {@code FAILED} or {@code CORRUPT}
   */
  List<QueuedMessage> rows(SessionRef session, long fromSequence, int messagesMax, long bytesMax);

  /** The QoS 2 packet ids received and not yet released, in order. */
  List<Integer> receivedIds(SessionRef session);

  /** The QoS 2 packet ids of which only {@link #stepMark} is written, with their last step. */
  Map<Integer, Long> receivedSteps(SessionRef session);

  /**
   * {@code markReceived} as a row that a log writes with a message (MESSAGING section 6: markers of
   * {@code append}); it has the same effect there.
   *
   * @throws IllegalStateException unless the session's record is committed
   */
  ReceivedMark receivedMark(SessionRef session, int packetId);

  /**
   * A row for a message that has not been received whole: a log writes it with one of the appends
   * that are made of it. {@code markReceived} takes its place, {@code unmarkReceived} removes it.
   *
   * @param step positive
   * @throws IllegalStateException unless the session's record is committed
   */
  ReceivedMark stepMark(SessionRef session, int packetId, long step);

  /** Streams the scope's retained messages, expired ones too. */
  void loadRetained(Scope scope, Consumer<StoredMessage> retained);

  /** The position in the scope's log from which messages are not yet in the queues. */
  OptionalLong cursor(Scope scope);

  /**
   * Ends all sessions of all scopes, and forgets the cursors; retained messages stay. For a
   * restore, before {@link #load} (THREATS T05). Durable on return; may be repeated.
   */
  void clearSessions();

  /** Writes what waits, if that is possible soon, fails the rest, ends the store's threads. */
  @Override
  void close();
}
