package io.sallyport.platform.tenant;

import io.sallyport.platform.base.TenantId;
import java.time.Instant;

/**
 * The isolation boundary and owner of all data.
 *
 * @param number internal number, never reused, used in keys and AAD (THREATS T15)
 * @param version raised at every change that may end logins (THREATS T31)
 */
public record Tenant(
    TenantId id,
    int number,
    String name,
    TenantStatus status,
    TenantSettings settings,
    Instant created,
    Instant updated,
    long version) {}
