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

  /**
   * For a contract that appends a QoS 2 message to one or more logs and then has it routed by
   * {@link Router#publish}: what the log is to write with the append, so that the message, sent
   * again because a crash came between, is not appended again. The message itself counts as
   * received only when it has been routed.
   *
   * @param step positive, and greater than that of every append before
   * @return empty where nothing need be remembered
   */
  default Optional<ReceivedMark> stepMark(long step) {
    return Optional.empty();
  }

  /** The append of that step is durable. */
  default void stepStored(long step) {}

  /** Up to which step a former try of the same message has come; 0 for none. */
  default long stepsStored() {
    return 0;
  }

  /** The connection is closed, unacknowledged; the client sends the message again. */
  void close(CloseReason reason);
}
