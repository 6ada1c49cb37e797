package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.InboundPublish;
import io.sallyport.mqtt.MessageProperties;
import io.sallyport.mqtt.MessageProperties.PayloadFormat;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.ReasonCode;
import io.sallyport.mqtt.codec.MalformedCause;
import io.sallyport.mqtt.codec.MqttPacket;
import io.sallyport.mqtt.codec.Utf8Text;
import io.sallyport.mqtt.engine.EngineMetrics.Drop;
import io.sallyport.mqtt.engine.PendingAck.Answer;
import io.sallyport.mqtt.store.Batch;
import io.sallyport.mqtt.store.SessionRef;
import org.jspecify.annotations.Nullable;

/**
 * Messages from one client: handed to its binding, acknowledged in the order of arrival once
 * answered, counted so that reading pauses at the client's limit. Used on the connection's loop.
 */
final class Inflow {
  private final EngineContext engine;
  private final Connection connection;
  private final Session session;
  private final ClientBinding binding;
  private final ClientLimits limits;

  /** Set exactly if the client speaks version 5. */
  private final @Nullable InboundAliases aliases;

  /** A flow that this connection did not begin may be one whose end the client did not hear of. */
  private final boolean resumed;

  /** QoS 1 and 2: answers leave in this order. */
  private final AckQueue acks = new AckQueue();

  /** QoS 0 has no answer on the wire, so it must not hold up those that have. */
  private final AckQueue silent = new AckQueue();

  private int open;

  /** What the client's own count of its quota makes of what it has sent, MQTT 5 §4.9. */
  private int unacknowledged;

  Inflow(
      EngineContext engine,
      Connection connection,
      Session session,
      ClientBinding binding,
      ClientLimits limits,
      @Nullable InboundAliases aliases,
      boolean resumed) {
    this.engine = engine;
    this.connection = connection;
    this.session = session;
    this.binding = binding;
    this.limits = limits;
    this.aliases = aliases;
    this.resumed = resumed;
  }

  void publish(MqttPacket.Publish packet, long nowNanos) {
    if (aliases != null && !isWithinOffer(aliases, packet)) {
      return;
    }
    PendingAck former =
        packet.qos() == Qos.EXACTLY_ONCE ? session.received().find(packet.packetId()) : null;
    if (former != null && isTaken(former, nowNanos)) {
      return;
    }
    PendingAck ack =
        new PendingAck(
            connection, packet.packetId(), packet.qos(), session.durableRef(), engine.ledger());
    if (former != null) {
      ack.continues(former);
    }
    if (packet.qos() == Qos.EXACTLY_ONCE && !session.received().add(ack)) {
      connection.malformed(MalformedCause.RECEIVE_MAXIMUM_EXCEEDED);
      return;
    }
    enqueue(ack, nowNanos);
    MessageProperties properties = packet.properties();
    if (properties.payloadFormat() == PayloadFormat.UTF_8 && !Utf8Text.isUtf8(packet.payload())) {
      engine.metrics().dropped(Drop.PAYLOAD_FORMAT);
      ack.refused(ReasonCode.PAYLOAD_FORMAT_INVALID.code()); // MQTT 5 §3.3.2.3.2
      return;
    }
    binding.publish(
        new InboundPublish(
            aliases == null ? packet.topic() : aliases.topic(packet),
            packet.payload(),
            packet.qos(),
            packet.retain(),
            packet.duplicate(),
            properties,
            properties.expires()
                ? engine.clock().millis() + properties.expirySeconds() * 1_000
                : 0),
        ack);
    connection.holdForStore();
  }

  /** What CONNACK offered; false when the connection has been closed over it. */
  private boolean isWithinOffer(InboundAliases known, MqttPacket.Publish packet) {
    MalformedCause wrong = known.learn(packet); // Also of a message that is refused.
    if (wrong == null && packet.qos().level() > limits.offer().qosMax().level()) {
      wrong = MalformedCause.QOS_NOT_OFFERED;
    }
    if (wrong == null && packet.retain() && !limits.offer().retainAvailable()) {
      wrong = MalformedCause.RETAIN_NOT_OFFERED;
    }
    if (wrong == null && packet.qos() != Qos.AT_MOST_ONCE) {
      unacknowledged++;
      if (unacknowledged > limits.receiveMax()) { // [v5:MQTT-3.3.4-7]
        wrong = MalformedCause.RECEIVE_MAXIMUM_EXCEEDED;
      }
    }
    if (wrong != null) {
      connection.malformed(wrong);
    }
    return wrong == null;
  }

  /** MQTT 5 §4.9: on PUBACK, PUBCOMP, and PUBREC that refuses; never above the beginning. */
  private void returnQuota() {
    unacknowledged = Math.max(0, unacknowledged - 1);
  }

  /**
   * [MQTT-4.3.3-2]: the same id before PUBREL is not delivered again, on whichever connection; it
   * shares the answer of the first.
   */
  private boolean isTaken(PendingAck first, long nowNanos) {
    if (first.answer() == Answer.CLOSED) { // Not taken; this time it may be.
      session.received().remove(first.packetId());
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
    if (first != null && (first.queued || first.isOpen())) {
      connection.close(CloseReason.PROTOCOL_ERROR); // PUBREC has not been sent.
      return;
    }
    session.received().remove(packetId);
    SessionRef durable = session.durableRef();
    if (durable == null) {
      complete(packetId, first != null);
      return;
    }
    // A note that came back after a crash would swallow the next message with this id.
    boolean _ =
        engine
            .ledger()
            .submit(
                Batch.builder().unmarkReceived(durable, packetId).build(),
                () -> connection.loop().post(() -> complete(packetId, first != null)),
                () -> connection.requestClose(CloseReason.STORAGE_UNAVAILABLE));
  }

  /** [MQTT-4.3.3-2], also if unknown; which is no error in recovery (MQTT 5 §3.7.2.1). */
  private void complete(int packetId, boolean known) {
    if (connection.isOpen()) {
      returnQuota();
      connection.writer().pubComp(packetId, known || resumed);
    }
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
    if (open <= limits.receiveMax() / 2) {
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
    if (aliases != null) {
      aliases.forget();
    }
    acks.abandon();
    silent.abandon();
  }

  private void enqueue(PendingAck ack, long nowNanos) {
    (ack.qos() == Qos.AT_MOST_ONCE ? silent : acks).add(ack, nowNanos);
    open++;
    if (open >= pauseAt()) {
      connection.pauseReading(Connection.Pause.UNANSWERED);
    }
    connection.expectAnswer(nowNanos);
  }

  /**
   * In 5 what has an acknowledgement is bounded by that; it must be read, so that a client that
   * sends too much is told (row 29). One place is left for QoS 0.
   */
  private int pauseAt() {
    return aliases != null ? limits.receiveMax() + 1 : limits.receiveMax();
  }

  /** False when the contract has asked for the end of the connection. */
  private boolean acknowledge(PendingAck ack) {
    if (ack.answer() == Answer.CLOSED) {
      return false;
    }
    countRefused(ack);
    int reason = aliases != null ? ack.reasonCode() : 0;
    if (ack.qos() == Qos.AT_LEAST_ONCE) {
      returnQuota();
      connection.writer().pubAck(ack.packetId(), reason);
      return true;
    }
    if (reason != 0) { // [v5:MQTT-4.3.3-9]: the same id is a new message then.
      session.received().remove(ack.packetId());
      SessionRef durable = session.durableRef();
      if (durable != null && ack.stepsStored() != 0) { // Logs may know the id still.
        engine.ledger().note(Batch.builder().unmarkReceived(durable, ack.packetId()).build());
      }
      returnQuota();
    }
    connection.writer().pubRec(ack.packetId(), reason);
    return true;
  }

  private void countRefused(PendingAck ack) {
    if (ack.answer() == Answer.REFUSED) {
      engine.metrics().publishRefused();
    }
  }
}
