package io.sallyport.mqtt;

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

  /** The connection is closed, unacknowledged; the client sends the message again. */
  void close(CloseReason reason);
}
