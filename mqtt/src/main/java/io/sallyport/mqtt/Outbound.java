package io.sallyport.mqtt;

/** The way out to one live client. Thread-safe; calls never block. */
public interface Outbound {
  /**
   * Sends the message, or queues it within the session's limits. With QoS 1 or 2 it is resent after
   * a reconnect of the session until acknowledged.
   */
  void send(Message message, Delivery delivery);

  /** Ends the connection from our side. */
  void close(CloseReason reason);

  ConnectionInfo connection();

  ConnectionStats stats();
}
