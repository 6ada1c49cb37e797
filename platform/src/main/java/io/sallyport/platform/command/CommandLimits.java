package io.sallyport.platform.command;

import java.time.Duration;

/**
 * Bounds of commands.
 *
 * @param payloadBytesMax largest payload
 * @param inFlightMax commands on their way to one device at a time
 * @param waitingMax commands that wait for one device
 * @param patience how long a command waits for a device that has a persistent session, when the
 *     request does not say
 * @param patienceMax the longest a request may ask for
 * @param historyAge how long ended commands are kept
 */
public record CommandLimits(
    int payloadBytesMax,
    int inFlightMax,
    int waitingMax,
    Duration patience,
    Duration patienceMax,
    Duration historyAge) {
  public static final CommandLimits DEFAULT =
      new CommandLimits(
          128 * 1024, 20, 1_000, Duration.ofDays(2), Duration.ofDays(30), Duration.ofDays(30));
}
