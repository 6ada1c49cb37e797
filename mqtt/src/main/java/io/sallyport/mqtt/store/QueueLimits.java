package io.sallyport.mqtt.store;

import io.sallyport.mqtt.ClientLimits;

/**
 * How much may wait for a session, kept with it: after a restart its limits are needed before its
 * client comes back.
 *
 * @param messagesMax messages waiting or in flight
 * @param bytesMax their {@link StoredMessage#bytes} together
 * @param overflow what gives way
 */
public record QueueLimits(int messagesMax, long bytesMax, ClientLimits.Overflow overflow) {
  public QueueLimits {
    if (messagesMax < 0 || bytesMax < 0) {
      throw new IllegalArgumentException("a queue's limit is negative");
    }
  }
}
