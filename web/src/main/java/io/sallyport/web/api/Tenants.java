package io.sallyport.web.api;

import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStatus;
import java.util.Optional;

/** Creates, changes and deletes tenants, with rights and audit. */
public interface Tenants {
  Tenant create(Principal actor, TenantId id, String name, TenantSettings settings);

  Tenant get(Principal actor, TenantId id);

  Page<Tenant> list(Principal actor, PageRequest page);

  Tenant update(
      Principal actor,
      TenantId id,
      Optional<String> name,
      Optional<TenantStatus> status,
      Optional<TenantSettings> settings);

  void delete(Principal actor, TenantId id);
}
