package io.sallyport.mqtt.engine;

import java.util.List;

/** What another message for a session would meet at this moment. */
enum Presence {
  /** It is sent. */
  READY,
  /** It waits for the window, the socket or others before it. */
  BUSY,
  /** It waits for the client to come back, if its QoS is above 0. */
  AWAY,
  /** It is lost. */
  GONE;

  /** From the best on. */
  static final List<Presence> TAKING = List.of(READY, BUSY, AWAY);
}
