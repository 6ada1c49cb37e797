package io.sallyport.mqtt.store;

import io.sallyport.mqtt.Scope;

/**
 * Where content is stored, to which its sealed form is bound: moved elsewhere it does not open
 * (THREATS T01).
 *
 * @param owner the session's number; the scope's number in the store where it belongs to no session
 * @param record the record's number under its owner: sequence, body number, a topic's hash
 * @param timeMillis when it was stored, ms since 1970
 */
public record ContentPlace(Scope scope, Kind kind, long owner, long record, long timeMillis) {
  /** What the record is. */
  public enum Kind {
    QUEUED,
    BODY,
    WILL,
    RETAINED
  }
}
