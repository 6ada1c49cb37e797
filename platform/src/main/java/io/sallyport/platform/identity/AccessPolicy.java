package io.sallyport.platform.identity;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;

/**
 * Decides what a principal may do; denies unless granted. Checks are pure and cheap: no lookup, no
 * lock, safe on an event loop.
 */
public interface AccessPolicy {
  /** May the principal do this anywhere in the tenant? */
  boolean allows(Principal principal, Permission permission, TenantId tenant);

  /** May the principal do this to the device? */
  boolean allows(Principal principal, Permission permission, DeviceKey device);

  /**
   * As {@link #allows}; a refusal is audited and explained.
   *
   * @throws AccessDeniedProblem with the refusal's id
   */
  void require(Principal principal, Permission permission, TenantId tenant);

  void require(Principal principal, Permission permission, DeviceKey device);

  /** May an operator administer the installation (tenants, their first keys, backups)? */
  void requireOperator(Principal principal);
}
