package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.ReasonCode;
import io.sallyport.mqtt.ReceivedMark;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.SessionRef;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one PUBLISH that the contract owes. Any thread may give it; the connection's loop
 * reads it. A QoS 2 one outlives its connection with the session, so that a message resent before
 * the answer is not delivered twice.
 */
final class PendingAck implements Ack {
  /** What the contract has said. */
  enum Answer {
    OPEN,
    /** Accepted, and the note of its id is being stored. */
    STORING,
    ACCEPTED,
    REFUSED,
    CLOSED
  }

  private final AtomicReference<Answer> answer = new AtomicReference<>(Answer.OPEN);
  private final int packetId;
  private final Qos qos;
  private volatile Connection connection;

  /** Whose received ids are stored; null for none. */
  private final @Nullable SessionRef session;

  private final Ledger ledger;
  private volatile boolean noteWritten;

  /** How far the message has come by parts. */
  private volatile long stepsStored;

  /** Set before the answer, which makes it visible. */
  private int reasonCode;

  // The rest belongs to the loop: the place in the queue of acknowledgements.
  @Nullable PendingAck next;
  long sinceNanos;
  boolean queued;

  /**
   * @param session whose received ids are stored; null for none
   */
  PendingAck(
      Connection connection, int packetId, Qos qos, @Nullable SessionRef session, Ledger ledger) {
    this.connection = connection;
    this.packetId = packetId;
    this.qos = qos;
    this.session = qos == Qos.EXACTLY_ONCE ? session : null;
    this.ledger = ledger;
  }

  /** Of a message that was accepted before the server was killed. */
  static PendingAck restored(
      Connection connection, int packetId, SessionRef session, Ledger ledger) {
    PendingAck ack = new PendingAck(connection, packetId, Qos.EXACTLY_ONCE, session, ledger);
    ack.answer.set(Answer.ACCEPTED);
    return ack;
  }

  /** Of a message that was appended to some logs, and not routed, before the server was killed. */
  static PendingAck begun(
      Connection connection, int packetId, long stepsStored, SessionRef session, Ledger ledger) {
    PendingAck ack = new PendingAck(connection, packetId, Qos.EXACTLY_ONCE, session, ledger);
    ack.stepsStored = stepsStored;
    ack.answer.set(Answer.CLOSED);
    return ack;
  }

  /** It is the same message, of which a former try has done a part. */
  void continues(PendingAck former) {
    stepsStored = former.stepsStored;
  }

  int packetId() {
    return packetId;
  }

  Qos qos() {
    return qos;
  }

  Answer answer() {
    return answer.get();
  }

  boolean isOpen() {
    Answer given = answer.get();
    return given == Answer.OPEN || given == Answer.STORING;
  }

  /** Its id is noted in the batch that the answer waits for. */
  void noteIn(Batch.Builder batch) {
    SessionRef owner = session;
    if (owner != null && !noteWritten) {
      noteWritten = true;
      batch.markReceived(owner, packetId);
    }
  }

  @Override
  public Optional<ReceivedMark> receivedMark() {
    SessionRef owner = session;
    if (owner == null || noteWritten) {
      return Optional.empty();
    }
    Optional<ReceivedMark> mark = mark(() -> ledger.store().receivedMark(owner, packetId));
    noteWritten = mark.isPresent();
    return mark;
  }

  @Override
  public Optional<ReceivedMark> stepMark(long step) {
    SessionRef owner = session;
    return owner == null
        ? Optional.empty()
        : mark(() -> ledger.store().stepMark(owner, packetId, step));
  }

  @Override
  public void stepStored(long step) {
    stepsStored = step;
  }

  @Override
  public long stepsStored() {
    return stepsStored;
  }

  private static Optional<ReceivedMark> mark(Supplier<ReceivedMark> made) {
    try {
      return Optional.of(made.get());
    } catch (IllegalStateException e) { // Its scope is being deleted: accepted() finds that out.
      return Optional.empty();
    }
  }

  /** The session has moved on to another connection. */
  void redirect(Connection to) {
    connection = to;
  }

  @Override
  public void accepted() {
    SessionRef owner = session;
    if (owner == null || noteWritten) {
      resolve(Answer.OPEN, Answer.ACCEPTED);
      return;
    }
    if (!answer.compareAndSet(Answer.OPEN, Answer.STORING)) {
      throw twice(Answer.ACCEPTED);
    }
    // [MQTT-4.3.3-2], also across a restart: PUBREC only when the id will be known again.
    boolean _ =
        ledger.submit(
            Batch.builder().markReceived(owner, packetId).build(),
            () -> resolve(Answer.STORING, Answer.ACCEPTED),
            () -> {
              resolve(Answer.STORING, Answer.CLOSED);
              connection.requestClose(CloseReason.STORAGE_UNAVAILABLE);
            });
  }

  /** Why it was refused, once it was; 3.x has no way to say it (v3:MQTT-3.3.5-2). */
  int reasonCode() {
    return reasonCode;
  }

  @Override
  public void refused(int code) {
    if (!ReasonCode.isFailure(code) || !ReasonCode.isValid(ReasonCode.Carrier.PUBACK, code)) {
      throw new IllegalArgumentException("no reason to refuse a PUBLISH: " + code);
    }
    if (answer.get() == Answer.OPEN) {
      reasonCode = code;
    }
    resolve(Answer.OPEN, Answer.REFUSED);
  }

  @Override
  public void close(CloseReason reason) {
    resolve(Answer.OPEN, Answer.CLOSED);
    connection.requestClose(reason);
  }

  private void resolve(Answer from, Answer given) {
    if (!answer.compareAndSet(from, given)) {
      throw twice(given);
    }
    connection.answersChanged();
  }

  private static IllegalStateException twice(Answer given) {
    return new IllegalStateException("a PUBLISH is answered once, not again with " + given);
  }
}
