package io.sallyport.platform.space;

import io.sallyport.platform.base.TenantId;

/** Who every client of a listener without login is (THREATS T37). */
public record ListenerIdentity(TenantId tenant, String space, String credential) {}
