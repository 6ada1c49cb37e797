package io.sallyport.platform.device;

import io.sallyport.platform.tenant.Tenant;

/** Whoever keeps something for a tenant besides the registry. */
@FunctionalInterface
public interface TenantRevocationListener {
  /**
   * Called after the deletion's commit; the tenant's keys were shredded and its connections closed
   * before. May block.
   */
  void tenantDeleted(Tenant tenant);
}
