package io.sallyport.mqtt;

import java.util.Optional;

/** What becomes of one filter of a SUBSCRIBE. */
public sealed interface SubscribeOutcome {
  /**
   * Granted.
   *
   * @param qos at most the requested one
   * @param indexed true: the engine's index of the binding's scope delivers; false: the binding
   *     delivers by itself through {@link Outbound} (a device's commands), which a shared
   *     subscription can't be
   * @param shareKey of a shared subscription: clients with equal keys, share names and filters in
   *     one scope form a group, so they must hold equal rights (THREATS T30, T37). Empty: only
   *     sessions of the same owner do.
   */
  record Granted(Scope scope, Qos qos, boolean indexed, Optional<String> shareKey)
      implements SubscribeOutcome {
    public Granted(Scope scope, Qos qos, boolean indexed) {
      this(scope, qos, indexed, Optional.empty());
    }
  }

  /** Refused with SUBACK 0x80 (3.x) or the reason code (5). */
  record Refused(int reasonCode) implements SubscribeOutcome {}

  /** The whole connection is closed for it. */
  record Close(CloseReason reason) implements SubscribeOutcome {}
}
