package io.sallyport.mqtt;

/** A gate's answer. */
public sealed interface Admission {
  /**
   * Let in.
   *
   * @param login what the will is stored with, and {@link ClientGate#reopen} is given back; empty
   *     for nothing
   */
  record Admitted(SessionKey session, ClientBinding binding, ClientLimits limits, String login)
      implements Admission {
    public Admitted(SessionKey session, ClientBinding binding, ClientLimits limits) {
      this(session, binding, limits, "");
    }
  }

  /** Kept out. */
  record Refused(ConnectRefusal reason) implements Admission {}
}
