package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.store.SessionRef;
import io.sallyport.mqtt.store.SessionStore;
import java.util.List;
import java.util.Map;

/**
 * What a restart left of a session's QoS 2 messages.
 *
 * @param whole ids of those that were taken
 * @param begun ids of those that were appended to some logs, with the last step of it
 */
record Received(List<Integer> whole, Map<Integer, Long> begun) {
  static final Received NOTHING = new Received(List.of(), Map.of());

  /** Blocks. */
  static Received of(SessionStore store, SessionRef session) {
    return new Received(store.receivedIds(session), store.receivedSteps(session));
  }
}
