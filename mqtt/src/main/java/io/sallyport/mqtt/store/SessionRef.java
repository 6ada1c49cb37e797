package io.sallyport.mqtt.store;

import io.sallyport.mqtt.Scope;

/**
 * Where a session's rows are: a number instead of the texts that name it.
 *
 * @param scope the scope of the session's key
 * @param number from {@link SessionStore#newSessionNumber}; a client that starts anew gets another
 */
public record SessionRef(Scope scope, long number) {
  public SessionRef {
    if (number <= 0) {
      throw new IllegalArgumentException("session numbers begin with 1");
    }
  }
}
