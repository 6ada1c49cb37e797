package io.sallyport.simulator.load;

import io.netty.buffer.ByteBuf;

/** What a scenario is told about a client; always on the event loop. */
interface LoadEvents {
  /** A message; the payload begins at the reader index and is gone after the call. */
  default void received(LoadClient client, ByteBuf payload, int payloadBytes) {}

  /**
   * A message, which may be one that was sent before.
   *
   * @param again the DUP flag: its acknowledgement may have been lost with a connection
   */
  default void received(LoadClient client, ByteBuf payload, int payloadBytes, boolean again) {
    received(client, payload, payloadBytes);
  }

  /** A QoS 1 publish of this client was acknowledged. */
  default void acknowledged(LoadClient client) {}

  /** All bytes at hand were read: the moment to send what they allow. */
  default void readComplete(LoadClient client) {}

  /** The connection ended after it was open. */
  default void closed(LoadClient client) {}
}
