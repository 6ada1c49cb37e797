package io.sallyport.platform.tenant;

import java.time.Duration;

/**
 * When a data key ends (THREATS T01).
 *
 * @param recordsMax records sealed under one key
 * @param ageMax time from its making to its last use for sealing
 */
record DataKeyLimits(long recordsMax, Duration ageMax) {
  static final DataKeyLimits DEFAULT = new DataKeyLimits(1L << 32, Duration.ofDays(7));
}
