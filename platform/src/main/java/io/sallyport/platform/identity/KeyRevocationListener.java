package io.sallyport.platform.identity;

import io.sallyport.platform.base.TenantId;

/**
 * Told after the commit that an API key's rights or life changed, so that its live connections end
 * (THREATS T31). Must not block for long.
 */
@FunctionalInterface
public interface KeyRevocationListener {
  void keyRevoked(TenantId tenant, String apiKey);

  /** Told after {@link #keyRevoked} when the key is gone: whatever is kept for it goes, too. */
  default void keyDeleted(TenantId tenant, String apiKey) {}
}
