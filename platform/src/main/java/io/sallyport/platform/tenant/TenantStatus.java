package io.sallyport.platform.tenant;

/** Whether a tenant's principals may log in. */
public enum TenantStatus {
  ACTIVE,
  SUSPENDED
}
