package io.sallyport.mqtt;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages to the subscribers of a scope. Thread-safe; never blocks, but where it says so.
 */
public interface Router {
  /** {@link #route(Scope, Message, SessionKey)} for a message that no session published. */
  default int route(Scope scope, Message message) {
    return route(scope, message, null);
  }

  /**
   * Gives each session of the scope with a matching subscription one copy, at the lower of its
   * highest matching QoS and the message's, and one member of each matching shared group another,
   * where {@link ClientBinding#mayDeliver} allows it. Messages routed by one thread reach each
   * subscriber in that order.
   *
   * @param publisher the session that published it, as the gate named it, so that its own No Local
   *     subscriptions get no copy [v5:MQTT-3.8.3-3]; null when none did
   * @return how many copies were made
   */
  int route(Scope scope, Message message, @Nullable SessionKey publisher);

  /**
   * {@link #route(Scope, Message)} for a message that the scope's log has: the position behind it
   * is stored with the copies for durable sessions, so that after a kill the log can be read again
   * from {@link #logCursor}. One thread at a time per scope, in the log's order. Waits while what
   * was routed is being stored.
   */
  default int route(Scope scope, Message message, long position) {
    return route(scope, message);
  }

  /**
   * From which position on messages of the scope's log may be missing in the queues of durable
   * sessions; empty if there is no such session. Asked before the first client comes; may block.
   */
  default OptionalLong logCursor(Scope scope) {
    return OptionalLong.empty();
  }

  /**
   * Everything of the log before that position has been routed. To be told of every scope with a
   * log that is not empty, before the first client comes.
   */
  default void logRouted(Scope scope, long nextPosition) {}

  /**
   * Carries a client's message as {@link #route(Scope, Message, SessionKey)} and {@link
   * #routeRetained(Scope, Message, SessionKey)} do, and answers it: accepted once all copies for
   * durable sessions, the retained message of a durable scope and the note that a QoS 2 message was
   * received are stored, in one step; refused when a limit on retained messages keeps it out.
   *
   * @param ack as the engine gave it
   */
  default void publish(Scope scope, Message message, @Nullable SessionKey publisher, Ack ack) {
    publish(scope, message, publisher, RetainedShare.ALL, ack);
  }

  /**
   * As above, for an author with a share of its own.
   *
   * @param share of the publisher's owner
   */
  default void publish(
      Scope scope, Message message, @Nullable SessionKey publisher, RetainedShare share, Ack ack) {
    if (message.retained()
        && routeRetained(scope, message, publisher, share)
            instanceof RetainOutcome.Refused refused) {
      ack.refused(refused.reasonCode());
      return;
    }
    if (!message.retained()) {
      route(scope, message, publisher);
    }
    ack.accepted();
  }

  /**
   * Stores and routes a retained message of the server's own: beyond the scope's limits it is
   * routed all the same, and its topic has no retained message then.
   */
  default void routeRetained(Scope scope, Message message) {
    if (routeRetained(scope, message, null) instanceof RetainOutcome.Refused) {
      clearRetained(scope, message.topic());
      route(scope, message, null);
    }
  }

  /**
   * Stores the message as the retained one of its topic, or removes that one if the payload is
   * empty [MQTT-3.3.1-10], and routes it as {@link #route(Scope, Message, SessionKey)} does.
   *
   * @param publisher also the author, whose owner's share of the scope's limits it takes; null
   *     takes of the scope's only
   */
  RetainOutcome routeRetained(Scope scope, Message message, @Nullable SessionKey publisher);

  /** As above, for an author with a share of its own. */
  default RetainOutcome routeRetained(
      Scope scope, Message message, @Nullable SessionKey publisher, RetainedShare share) {
    return routeRetained(scope, message, publisher);
  }

  /**
   * Whether the message would be retained now, if it were published: for who does something before
   * that. Expired messages don't count.
   */
  default boolean wouldRetain(
      Scope scope, Message message, SessionKey publisher, RetainedShare share) {
    return true;
  }

  /**
   * From now on what is retained in the scope survives a restart; what has survived is there.
   * Before the scope's first client; may block.
   */
  default void keepRetained(Scope scope) {}

  /** Forgets the retained message of the topic. */
  void clearRetained(Scope scope, String topic);

  /** Forgets all retained messages of the scope. */
  void clearScope(Scope scope);

  /** The scope is deleted: nothing of it stays, neither in memory nor stored. */
  default void deleteScope(Scope scope) {
    endSessions(scope);
    clearScope(scope);
  }

  /**
   * Ends the session, if there is one, with all that is queued in it; a connection that holds it is
   * closed as revoked.
   */
  void endSession(SessionKey session);

  /**
   * Ends all sessions of the owner, as {@link #endSession} does. Looks through all sessions of the
   * server: for what is rare.
   */
  void endSessions(Scope scope, String owner);

  /** Ends all sessions of the scope; as rare. */
  void endSessions(Scope scope);
}
