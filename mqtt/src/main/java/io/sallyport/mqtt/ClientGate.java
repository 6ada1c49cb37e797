package io.sallyport.mqtt;

/** Decides who comes in: one per contract, asked once per CONNECT. */
public interface ClientGate {
  /**
   * Called on a virtual thread; may block. Nothing else is read from the connection meanwhile. An
   * exception refuses with {@link ConnectRefusal#SERVER_UNAVAILABLE} and is logged.
   *
   * <p>A will that the client may not publish is a reason to refuse.
   */
  Admission admit(ConnectRequest request);
}
