package io.sallyport.server.endtoend;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What {@link ClientStoriesTest} needs of a client; behind each stands somebody else's, unmodified.
 */
interface StoryClient extends AutoCloseable {
  /** What goes over the wire. */
  enum Transport {
    TCP,
    TLS,
    WEBSOCKET
  }

  /** Where and as whom; {@code folder} keeps what the client remembers. */
  record Way(
      Transport transport,
      int port,
      SSLContext trust,
      TrustManagerFactory trustManagers,
      String clientId,
      Path folder) {
    static final String USER = "acme01/tester";
    static final String PASSWORD = "tester-password";
    static final String PATH = "mqtt";

    String uri() {
      return switch (transport) {
        case TCP -> "tcp://localhost:" + port;
        case TLS -> "ssl://localhost:" + port;
        case WEBSOCKET -> "wss://localhost:" + port + "/" + PATH;
      };
    }
  }

  /** A message as the application behind the client gets it. */
  record Heard(String topic, String text, int qos, boolean retained) {}

  /**
   * Connects, or comes back. Version 5 keeps a session for an hour unless it is clean.
   *
   * @return whether the server has the session
   */
  boolean connect(boolean clean) throws Exception;

  /** As {@link #connect}, with a will of QoS 1. */
  void connectWithWill(String topic, String text) throws Exception;

  void subscribe(String filter, int qos) throws Exception;

  void unsubscribe(String filter) throws Exception;

  /** Done when the flow of its QoS is complete. */
  Future<?> publish(String topic, String text, int qos, boolean retained) throws Exception;

  void disconnect() throws Exception;

  boolean isConnected();

  BlockingQueue<Heard> heard();
}
