package io.sallyport.web.api;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import java.util.Optional;

/** Creates, changes and deletes tenants, with rights and audit. */
public interface Tenants {
  Tenant create(Principal actor, Optional<TenantId> id, String name);

  Tenant get(Principal actor, TenantId id);

  Page<Tenant> list(Principal actor, PageRequest page);

  Tenant rename(Principal actor, TenantId id, String name);

  Tenant changeSettings(Principal actor, TenantId id, TenantSettings settings);

  Tenant suspend(Principal actor, TenantId id);

  Tenant resume(Principal actor, TenantId id);

  void delete(Principal actor, TenantId id);
}
