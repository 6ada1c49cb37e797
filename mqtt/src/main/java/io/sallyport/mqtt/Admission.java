package io.sallyport.mqtt;

/** A gate's answer. */
public sealed interface Admission {
  /** Let in. */
  record Admitted(SessionKey session, ClientBinding binding, ClientLimits limits)
      implements Admission {}

  /** Kept out. */
  record Refused(ConnectRefusal reason) implements Admission {}
}
