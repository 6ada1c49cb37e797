package io.sallyport.store.sql;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.device.DeviceAccess;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.tenant.Tenant;

/**
 * What logins ask for, of one database. A login reads each row at least twice, before the check of
 * the secret and after the connection is registered; a storm of new devices makes each worth
 * remembering for that long only, so few are enough.
 */
record LoginRows(
    RecentRows<TenantId, Tenant> tenants,
    RecentRows<DeviceKey, DeviceAccess> devices,
    RecentRows<String, ApiKey> apiKeys) {
  private static final int TENANTS_MAX = 1_000;
  private static final int DEVICES_MAX = 10_000;
  private static final int API_KEYS_MAX = 1_000;

  LoginRows() {
    this(
        new RecentRows<>(TENANTS_MAX),
        new RecentRows<>(DEVICES_MAX),
        new RecentRows<>(API_KEYS_MAX));
  }

  /** A tenant is gone, with all that belonged to it. */
  void forgetTenant(TenantId tenant) {
    tenants.forget(tenant);
    devices.forgetAll();
    apiKeys.forgetAll();
  }
}
