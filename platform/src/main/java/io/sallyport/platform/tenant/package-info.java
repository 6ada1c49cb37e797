/**
 * Tenants, the boundary of isolation, and the keys their content is encrypted under. May import
 * {@code base}. Read {@link io.sallyport.platform.tenant.Tenant} first.
 */
@NullMarked
package io.sallyport.platform.tenant;

import org.jspecify.annotations.NullMarked;
