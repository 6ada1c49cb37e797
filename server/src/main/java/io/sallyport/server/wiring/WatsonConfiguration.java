package io.sallyport.server.wiring;

import io.sallyport.mqtt.ClientLimits;
import io.sallyport.mqtt.engine.MqttEngine;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.command.CommandFeed;
import io.sallyport.platform.command.CommandRoutes;
import io.sallyport.platform.command.CommandService;
import io.sallyport.platform.device.DeviceAuthenticator;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.DeviceRevocations;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.device.StoredTenants;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.ApiKeys;
import io.sallyport.platform.identity.AuditedApiKeys;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.telemetry.BodyBudget;
import io.sallyport.platform.telemetry.ReadBudget;
import io.sallyport.platform.telemetry.TelemetryFeed;
import io.sallyport.platform.telemetry.TelemetryIngest;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.config.ServerConfig.Limits;
import io.sallyport.watson.WatsonPlatform;
import io.sallyport.watson.messaging.WatsonLimits;
import io.sallyport.watson.messaging.WatsonMessaging;
import io.sallyport.watson.rest.WatsonRestConfiguration;
import io.sallyport.watson.rest.WatsonRestConfiguration.WatsonRestParts;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The Watson IoT contract. */
@Configuration(proxyBeanMethods = false)
@Import(WatsonRestConfiguration.class)
class WatsonConfiguration {
  @Bean
  WatsonPlatform watsonPlatform(
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
      CommandFeed commandFeed) {
    return new WatsonPlatform(
        transactions,
        tenants,
        audit,
        policy,
        keyLogins,
        apiKeys,
        deviceLogins,
        devices,
        registry,
        live,
        ingest,
        feed,
        history,
        commands,
        routes,
        commandFeed);
  }

  @Bean(destroyMethod = "close")
  WatsonMessaging watsonMessaging(
      WatsonPlatform platform,
      MqttEngine engine,
      ServerConfig config,
      Clock clock,
      ExecutorService blockingWork,
      ScheduledExecutorService timer,
      DeviceRevocations revocations,
      AuditedApiKeys apiKeys,
      StoredTenants tenants) {
    WatsonMessaging messaging =
        new WatsonMessaging(
            platform, engine, config.domain(), limits(config.limits()), clock, blockingWork, timer);
    revocations.add(messaging.deviceCleanup());
    apiKeys.add(messaging.apiKeyCleanup());
    tenants.add(messaging.tenantCleanup());
    return messaging;
  }

  @Bean
  WatsonRestParts watsonRestParts(
      WatsonPlatform platform,
      ReadBudget readBudget,
      BodyBudget bodyBudget,
      WatsonMessaging messaging,
      TenantKeys keys,
      ServerConfig config,
      Clock clock) {
    return new WatsonRestParts(
        platform,
        readBudget,
        bodyBudget,
        messaging.directory(),
        messaging.connectionLog(),
        keys,
        config.domain(),
        clock);
  }

  private static WatsonLimits limits(Limits limits) {
    WatsonLimits contract = WatsonLimits.DEFAULT;
    int device = limits.deviceInFlight();
    return new WatsonLimits(
        limits(contract.device(), device, device, limits),
        limits(contract.gateway(), device, limits.gatewayInFlight(), limits),
        limits(
            contract.application(),
            limits.applicationInFlight(),
            limits.applicationInFlight(),
            limits));
  }

  private static ClientLimits limits(
      ClientLimits contract, int inFlight, int receive, Limits limits) {
    return new ClientLimits(
        contract.packetBytesMax(),
        contract.payloadBytesMax(),
        inFlight,
        receive,
        limits.queuedMessages(),
        limits.queuedBytes(),
        contract.overflow(),
        contract.subscriptionsMax(),
        limits.sessionExpiry());
  }
}
