package io.sallyport.platform.command;

/** The way to a connected device, registered by its contract's binding. */
public interface CommandRoute {
  /**
   * Sends the command on; must not block. {@code outcome} is told once. False: this route does not
   * take the command (no subscription matches), try the next or wait.
   */
  boolean deliver(Command command, Outcome outcome);

  /** How a delivery ended; called on any thread. */
  interface Outcome {
    /** The device acknowledged it (PUBACK, PUBCOMP), or at QoS 0 it was written. */
    void delivered();

    /** It did not reach the device; it waits again if it may. */
    void dropped();
  }
}
