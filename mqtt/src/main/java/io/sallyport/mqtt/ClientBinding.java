package io.sallyport.mqtt;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A contract's half of one logged-in connection. All methods are called on the connection's event
 * loop, in order, and must not block; {@link #mayDeliver} is the exception and may come from any
 * thread.
 */
public interface ClientBinding {
  /**
   * A PUBLISH whose packet is valid. Answer through {@code ack} exactly once, at any time, from any
   * thread; QoS 0 too (the engine counts open ones for back-pressure).
   */
  void publish(InboundPublish publish, Ack ack);

  /** One filter of a SUBSCRIBE, syntactically valid. */
  SubscribeOutcome subscribe(String filter, Qos requested);

  /**
   * A shared subscription {@code $share/<share>/<filter>}, well-formed. A contract that offers them
   * judges the filter; without that its own grammar judges the whole text, as any other filter.
   */
  default SubscribeOutcome subscribeShared(String share, String filter, Qos requested) {
    return subscribe("$share/" + share + "/" + filter, requested);
  }

  /**
   * After UNSUBSCRIBE of a filter that the session held, or when the engine could not keep one that
   * was granted; of a shared subscription the whole text.
   */
  void unsubscribed(String filter);

  /**
   * The session is live, CONNACK has been written.
   *
   * @param resumed filters that the session brought along from an earlier connection; empty for a
   *     new session
   */
  void opened(Outbound outbound, boolean sessionPresent, List<HeldSubscription> resumed);

  /**
   * The connection has ended; called once, also when {@link #opened} never was (taken over or cut
   * before CONNACK).
   */
  void closed(CloseReason reason, ConnectionStats stats);

  /** The session of an earlier connection of this binding's key has expired or was replaced. */
  default void sessionEnded() {}

  /**
   * May this copy go to this client, by the rights in force now (THREATS T32)? Asked for every
   * copy: live, retained and queued. Must be quick.
   */
  boolean mayDeliver(Message message);

  /**
   * Publishes the client's will; authorised again now. Called before {@link #closed}, or long after
   * it when version 5 asked for a delay. At most once.
   */
  void publishWill(Message will);

  /**
   * The response topic as this client must see it [v5:MQTT-3.3.2-15]: in the form of its own
   * topics. Called on its event loop for each copy that has one; must be quick.
   *
   * @param responseTopic as the message has it
   * @return null leaves it out
   */
  default @Nullable String outwardResponseTopic(String responseTopic, Message message) {
    return responseTopic;
  }

  /**
   * Whether clients that keep taking this session over are slowed down and told of (MESSAGING.md
   * section 4); asked once per connection.
   */
  default boolean takeoversWatched() {
    return true;
  }

  /**
   * Two clients seem to have one identity. Called on the binding of the connection that has taken
   * over, at most once a minute.
   *
   * @param withinMinute takeovers of the session in the last minute
   */
  default void takenOverOften(int withinMinute) {}

  /** A filter the session holds; of a shared subscription the whole text. */
  record HeldSubscription(String filter, Qos qos) {}
}
