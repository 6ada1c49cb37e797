package io.sallyport.platform.tenant;

import java.time.Duration;

/**
 * What a tenant's administrators may set.
 *
 * @param retentionAge how long events are kept
 * @param retentionBytesMax how many bytes of log the tenant may hold; the oldest go first
 * @param lastEventCache whether the last event of each kind is served (Watson last event cache, off
 *     by default)
 * @param lastEventCacheDays how long a last event is served, 1 to 45 days
 * @param plainTransportAllowed whether principals may log in without TLS where a plain listener is
 *     open (THREATS T17)
 */
public record TenantSettings(
    Duration retentionAge,
    long retentionBytesMax,
    boolean lastEventCache,
    int lastEventCacheDays,
    boolean plainTransportAllowed) {
  public static final TenantSettings DEFAULT =
      new TenantSettings(Duration.ofDays(30), 10L << 30, false, 7, false);

  public TenantSettings {
    if (retentionAge.isNegative() || retentionAge.isZero() || retentionBytesMax < 1) {
      throw new IllegalArgumentException("retention must be positive");
    }
    if (lastEventCacheDays < 1 || lastEventCacheDays > 45) {
      throw new IllegalArgumentException("lastEventCacheDays must be 1 to 45");
    }
  }
}
