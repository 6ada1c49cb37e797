package io.sallyport.plain;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.space.BridgeRights;
import io.sallyport.platform.space.PlainAuthenticator;
import io.sallyport.platform.space.PlainSpaceStore;
import io.sallyport.platform.space.StoredPlainSpaces;
import io.sallyport.platform.telemetry.TelemetryFeed;
import io.sallyport.platform.telemetry.TelemetryIngest;
import io.sallyport.platform.tenant.TenantStore;

/** What this contract uses of the platform. */
public record PlainPlatform(
    TenantStore tenants,
    PlainSpaceStore store,
    StoredPlainSpaces spaces,
    PlainAuthenticator logins,
    BridgeRights bridgeRights,
    LiveConnections live,
    AuditLog audit,
    TelemetryIngest ingest,
    TelemetryFeed feed) {}
