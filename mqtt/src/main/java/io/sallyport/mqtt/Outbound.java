package io.sallyport.mqtt;

/** The way out to one live client. Thread-safe; calls never block. */
public interface Outbound {
  /**
   * Sends the message, or queues it within the session's limits. With QoS 1 or 2 it is resent after
   * a reconnect of the session until acknowledged.
   */
  void send(Message message, Delivery delivery);

  /**
   * Takes a subscription away that is not granted any more; the client is not told. Nothing happens
   * when the session does not hold the filter.
   */
  void unsubscribe(String filter);

  /** Ends the connection from our side. */
  void close(CloseReason reason);

  ConnectionInfo connection();

  ConnectionStats stats();
}
