package io.sallyport.plain;

import io.sallyport.mqtt.RetainedShare;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.platform.space.PlainLimits;

/**
 * Who publishes into a space.
 *
 * @param share what its credential may leave retained, by the limits in force now
 */
record Publisher(SessionKey session, RetainedShare share) {
  static Publisher of(SessionKey session, PlainLimits limits) {
    return new Publisher(
        session, new RetainedShare(limits.retainedMessagesMax(), limits.retainedBytesMax()));
  }
}
