package io.sallyport.mqtt;

/** What becomes of one filter of a SUBSCRIBE. */
public sealed interface SubscribeOutcome {
  /**
   * Granted.
   *
   * @param qos at most the requested one
   * @param indexed true: the engine's index of the binding's scope delivers; false: the binding
   *     delivers by itself through {@link Outbound} (a device's commands)
   */
  record Granted(Scope scope, Qos qos, boolean indexed) implements SubscribeOutcome {}

  /** Refused with SUBACK 0x80 (3.x) or the reason code (5). */
  record Refused(int reasonCode) implements SubscribeOutcome {}

  /** The whole connection is closed for it. */
  record Close(CloseReason reason) implements SubscribeOutcome {}
}
