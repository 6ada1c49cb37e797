package io.sallyport.mqtt;

/**
 * A session that a restart has brought back and whose client has not come yet. Thread-safe; calls
 * never block.
 */
public interface RestoredSession {
  SessionKey key();

  /** As {@link Outbound#unsubscribe}. */
  void unsubscribe(String filter);
}
