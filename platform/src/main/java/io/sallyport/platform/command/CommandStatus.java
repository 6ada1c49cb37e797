package io.sallyport.platform.command;

/** Where a command is in its life. DELIVERED is final for commands without answers. */
public enum CommandStatus {
  PENDING,
  DELIVERED,
  EXECUTING,
  SUCCESSFUL,
  FAILED,
  EXPIRED,
  /** Ended at once: no live route and nothing to wait for. */
  UNDELIVERABLE;

  public boolean isFinal() {
    return this != PENDING && this != EXECUTING && this != DELIVERED;
  }
}
