package io.sallyport.mqtt;

import java.util.Optional;

/**
 * How a contract answers one PUBLISH: exactly one method, once, from any thread. Answers leave in
 * the order in which the messages arrived; calls from other threads are coalesced into one wake-up
 * of the event loop.
 */
public interface Ack {
  /** The message is durable (or its effect is): PUBACK, PUBREC. */
  void accepted();

  /**
   * The message is not taken and will never be: 3.x acknowledges and discards, 5 answers with the
   * reason code (0x87 not authorized, 0x90 topic, 0x97 quota, 0x99 payload format).
   */
  void refused(int reasonCode);

  /**
   * For a contract that writes a QoS 2 message to a log: what the log is to write with it, so that
   * a message sent again after a crash is known. Who takes it and then says {@link #accepted} has
   * written it; the engine then writes nothing of its own.
   *
   * @return empty where nothing need be remembered
   */
  default Optional<ReceivedMark> receivedMark() {
    return Optional.empty();
  }

  /** The connection is closed, unacknowledged; the client sends the message again. */
  void close(CloseReason reason);
}
