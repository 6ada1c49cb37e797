package io.sallyport.platform.identity;

import io.sallyport.platform.base.TenantId;
import java.time.Instant;
import java.util.Set;

/**
 * The credential of an application.
 *
 * @param key {@code a-<tenant>-<10 characters>}
 * @param roles role ids; see {@link Role}
 * @param version raised at every change that ends its connections
 */
public record ApiKey(
    TenantId tenant,
    String key,
    SecretHash token,
    Set<String> roles,
    String comment,
    boolean enabled,
    Instant created,
    long version) {
  public ApiKey {
    roles = Set.copyOf(roles);
  }
}
