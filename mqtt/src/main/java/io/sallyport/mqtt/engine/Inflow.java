package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.InboundPublish;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.engine.PendingAck.Answer;

/**
 * Messages from one client: handed to its binding, acknowledged in the order of arrival once
 * answered, counted so that reading pauses at the client's limit. Used on the connection's loop.
 */
final class Inflow {
  private final EngineContext engine;
  private final Connection connection;
  private final Session session;
  private final ClientBinding binding;
  private final int openMax;

  /** QoS 1 and 2: answers leave in this order. */
  private final AckQueue acks = new AckQueue();

  /** QoS 0 has no answer on the wire, so it must not hold up those that have. */
  private final AckQueue silent = new AckQueue();

  private int open;

  Inflow(
      EngineContext engine,
      Connection connection,
      Session session,
      ClientBinding binding,
      int openMax) {
    this.engine = engine;
    this.connection = connection;
    this.session = session;
    this.binding = binding;
    this.openMax = openMax;
  }

  void publish(MqttPacket.Publish packet, long nowNanos) {
    if (packet.qos() == Qos.EXACTLY_ONCE && isRepeated(packet.packetId(), nowNanos)) {
      return;
    }
    PendingAck ack = new PendingAck(connection, packet.packetId(), packet.qos());
    if (packet.qos() == Qos.EXACTLY_ONCE && !session.received().add(ack)) {
      connection.close(CloseReason.PROTOCOL_ERROR);
      return;
    }
    enqueue(ack, nowNanos);
    binding.publish(
        new InboundPublish(
            packet.topic(),
            packet.payload(),
            packet.qos(),
            packet.retain(),
            packet.duplicate(),
            packet.properties()),
        ack);
  }

  /**
   * [MQTT-4.3.3-2]: the same id before PUBREL is not delivered again, on whichever connection; it
   * shares the answer of the first.
   */
  private boolean isRepeated(int packetId, long nowNanos) {
    PendingAck first = session.received().find(packetId);
    if (first == null) {
      return false;
    }
    if (first.answer() == Answer.CLOSED) { // Not taken; this time it may be.
      session.received().remove(packetId);
      return false;
    }
    if (!first.queued) {
      first.redirect(connection);
      enqueue(first, nowNanos);
      drain(); // The answer may have come before the redirection.
    }
    return true;
  }

  void pubRel(int packetId) {
    PendingAck first = session.received().find(packetId);
    if (first != null && (first.queued || first.answer() == Answer.OPEN)) {
      connection.close(CloseReason.PROTOCOL_ERROR); // PUBREC has not been sent.
      return;
    }
    session.received().remove(packetId);
    connection.writer().pubComp(packetId); // [MQTT-4.3.3-2], also for an unknown id.
  }

  /** Sends what has been answered; stops at the first open one. */
  void drain() {
    PendingAck ack = acks.pollAnswered();
    while (ack != null) {
      open--;
      if (!acknowledge(ack)) {
        return;
      }
      ack = acks.pollAnswered();
    }
    ack = silent.pollAnswered();
    while (ack != null) {
      open--;
      countRefused(ack);
      ack = silent.pollAnswered();
    }
    // Half way down, so that reading is not switched for every message.
    if (open <= openMax / 2) {
      connection.resumeReading(Connection.Pause.UNANSWERED);
    }
  }

  boolean hasOpen() {
    return open > 0;
  }

  /** When the longest unanswered message came; {@code now} when there is none. */
  long oldestNanos(long nowNanos) {
    long oldest = nowNanos;
    PendingAck ack = acks.oldest();
    if (ack != null) {
      oldest = ack.sinceNanos;
    }
    ack = silent.oldest();
    if (ack != null && ack.sinceNanos - oldest < 0) {
      oldest = ack.sinceNanos;
    }
    return oldest;
  }

  void abandon() {
    acks.abandon();
    silent.abandon();
  }

  private void enqueue(PendingAck ack, long nowNanos) {
    (ack.qos() == Qos.AT_MOST_ONCE ? silent : acks).add(ack, nowNanos);
    open++;
    if (open >= openMax) {
      connection.pauseReading(Connection.Pause.UNANSWERED);
    }
    connection.expectAnswer(nowNanos);
  }

  /** False when the contract has asked for the end of the connection. */
  private boolean acknowledge(PendingAck ack) {
    if (ack.answer() == Answer.CLOSED) {
      return false;
    }
    countRefused(ack);
    if (ack.qos() == Qos.EXACTLY_ONCE) {
      connection.writer().pubRec(ack.packetId());
    } else {
      connection.writer().pubAck(ack.packetId());
    }
    return true;
  }

  private void countRefused(PendingAck ack) {
    if (ack.answer() == Answer.REFUSED) {
      engine.metrics().publishRefused();
    }
  }
}
