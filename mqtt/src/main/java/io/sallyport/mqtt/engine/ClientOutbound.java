package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectionInfo;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.Delivery;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Outbound;

/**
 * What a binding gets to speak to its client. Messages go to the session, closing to the socket.
 */
final class ClientOutbound implements Outbound {
  private final Connection connection;
  private final Session session;

  ClientOutbound(Connection connection, Session session) {
    this.connection = connection;
    this.session = session;
  }

  @Override
  public void send(Message message, Delivery delivery) {
    session.send(message, delivery);
  }

  @Override
  public void unsubscribe(String filter) {
    session.unsubscribe(filter);
  }

  @Override
  public void close(CloseReason reason) {
    connection.requestClose(reason);
  }

  @Override
  public ConnectionInfo connection() {
    return connection.info();
  }

  @Override
  public ConnectionStats stats() {
    return connection.stats();
  }
}
