package io.sallyport.platform.tenant;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import java.time.Instant;
import java.util.Optional;

/** The registry's tenants. Deleted ids and numbers are remembered and never given again. */
public interface TenantStore {
  /**
   * Creates an active tenant with the next free number.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code ALREADY_EXISTS} if the id is or was
   *     in use
   */
  Tenant create(TenantId id, String name, TenantSettings settings, Instant now);

  Optional<Tenant> find(TenantId id);

  Optional<Tenant> findByNumber(int number);

  /** Tenants by ascending id. */
  Page<Tenant> list(PageRequest page);

  /**
   * Replaces name, status and settings; raises {@code version} and sets {@code updated}.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code NOT_FOUND}
   */
  Tenant update(
      TenantId id, String name, TenantStatus status, TenantSettings settings, Instant now);

  /** Deletes the tenant with all that the registry holds of it but its audit chain. */
  void delete(TenantId id, Instant now);
}
