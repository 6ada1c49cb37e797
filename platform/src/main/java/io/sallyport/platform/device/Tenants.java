package io.sallyport.platform.device;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import java.util.Optional;

/**
 * Makes, changes and deletes tenants, with rights, audit in the same transaction, and the closing
 * of live connections. Operators may do all of it; within a tenant {@code tenant:read} reads and
 * {@code tenant:manage} changes name and settings. Throws {@link
 * io.sallyport.platform.identity.AccessDeniedProblem}, and {@link
 * io.sallyport.platform.base.ProblemException} with {@code NOT_FOUND}, {@code ALREADY_EXISTS} or
 * {@code INVALID}. Blocks.
 */
public interface Tenants {
  /**
   * @param id chosen id, or empty to make one
   */
  Tenant create(Principal actor, Optional<TenantId> id, String name);

  Tenant get(Principal actor, TenantId id);

  /** Operators only. */
  Page<Tenant> list(Principal actor, PageRequest page);

  Tenant rename(Principal actor, TenantId id, String name);

  Tenant changeSettings(Principal actor, TenantId id, TenantSettings settings);

  /** Its principals can't log in; their connections end. Operators only. */
  Tenant suspend(Principal actor, TenantId id);

  /** Operators only. */
  Tenant resume(Principal actor, TenantId id);

  /**
   * Deletes the tenant for good, its keys first (THREATS T04). May be repeated if it was
   * interrupted. Operators only.
   */
  void delete(Principal actor, TenantId id);
}
