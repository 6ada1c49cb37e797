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

  /**
   * Takes an id out of use that this registry does not know, because the tenant was made and
   * deleted after the backup that it was brought back from (THREATS T15).
   *
   * @return false if the id is or was in use here; it is left as it is
   */
  boolean retire(TenantId id, Instant now);
}
