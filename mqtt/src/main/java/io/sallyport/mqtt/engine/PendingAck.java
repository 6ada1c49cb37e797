package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.ReasonCode;
import java.util.concurrent.atomic.AtomicReference;
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
    ACCEPTED,
    REFUSED,
    CLOSED
  }

  private final AtomicReference<Answer> answer = new AtomicReference<>(Answer.OPEN);
  private final int packetId;
  private final Qos qos;
  private volatile Connection connection;

  /** Set before the answer, which makes it visible. */
  private int reasonCode;

  // The rest belongs to the loop: the place in the queue of acknowledgements.
  @Nullable PendingAck next;
  long sinceNanos;
  boolean queued;

  PendingAck(Connection connection, int packetId, Qos qos) {
    this.connection = connection;
    this.packetId = packetId;
    this.qos = qos;
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

  /** The session has moved on to another connection. */
  void redirect(Connection to) {
    connection = to;
  }

  @Override
  public void accepted() {
    resolve(Answer.ACCEPTED);
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
    resolve(Answer.REFUSED);
  }

  @Override
  public void close(CloseReason reason) {
    resolve(Answer.CLOSED);
    connection.requestClose(reason);
  }

  private void resolve(Answer given) {
    if (!answer.compareAndSet(Answer.OPEN, given)) {
      throw new IllegalStateException("a PUBLISH is answered once, not again with " + given);
    }
    connection.answersChanged();
  }
}
