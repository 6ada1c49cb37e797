package io.sallyport.mqtt.listen;

/** What a listener lets through when a connection speaks HTTP. */
public enum HttpPolicy {
  /** HTTP is closed at once. */
  NONE,
  /**
   * Only the HTTP messaging API. The front pipes bytes and reads no request, so the policy travels
   * inward with the connection's record, and the inner side refuses every other path with 404: on
   * the first request and on each later one of the connection (THREATS T16).
   */
  MESSAGING_ONLY,
  /** Every path. */
  ALL
}
