package io.sallyport.mqtt;

/** Carries messages to the subscribers of a scope. Thread-safe; never blocks. */
public interface Router {
  /**
   * Gives each session of the scope with a matching subscription one copy, at the lower of its
   * highest matching QoS and the message's, where {@link ClientBinding#mayDeliver} allows it.
   * Messages routed by one thread reach each subscriber in that order.
   *
   * @return how many sessions got a copy
   */
  int route(Scope scope, Message message);

  /** Stores the message as retained for its topic (bounded per scope) and routes it. */
  void routeRetained(Scope scope, Message message);

  /** Forgets the retained message of the topic. */
  void clearRetained(Scope scope, String topic);

  /** Forgets all retained messages of the scope. */
  void clearScope(Scope scope);

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
