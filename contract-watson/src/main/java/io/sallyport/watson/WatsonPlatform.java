package io.sallyport.watson;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.command.CommandFeed;
import io.sallyport.platform.command.CommandRoutes;
import io.sallyport.platform.command.CommandService;
import io.sallyport.platform.device.DeviceAuthenticator;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.ApiKeys;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.telemetry.TelemetryFeed;
import io.sallyport.platform.telemetry.TelemetryIngest;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.TenantStore;

/** The parts of the domain that this contract translates to. */
public record WatsonPlatform(
    Transactions transactions,
    TenantStore tenants,
    AuditLog audit,
    AccessPolicy policy,
    KeyAuthenticator keyLogins,
    ApiKeys apiKeys,
    DeviceAuthenticator deviceLogins,
    DeviceStore devices,
    DeviceRegistry registry,
    LiveConnections live,
    TelemetryIngest ingest,
    TelemetryFeed feed,
    TelemetryStore history,
    CommandService commands,
    CommandRoutes routes,
    CommandFeed commandFeed) {}
