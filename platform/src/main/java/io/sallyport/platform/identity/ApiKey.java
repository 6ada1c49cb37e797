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

  ApiKey withToken(SecretHash changed) {
    return new ApiKey(tenant, key, changed, roles, comment, enabled, created, version);
  }

  ApiKey withRoles(Set<String> changed) {
    return new ApiKey(tenant, key, token, changed, comment, enabled, created, version);
  }

  public ApiKey withEnabled(boolean changed) {
    return new ApiKey(tenant, key, token, roles, comment, changed, created, version);
  }
}
