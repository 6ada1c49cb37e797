package io.sallyport.server.wiring;

import io.micrometer.core.instrument.MeterRegistry;
import io.sallyport.mqtt.engine.MqttEngine;
import io.sallyport.plain.PlainClientLimits;
import io.sallyport.plain.PlainMessaging;
import io.sallyport.plain.PlainPlatform;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.device.RevocationReplay;
import io.sallyport.platform.device.StoredTenants;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.CredentialCheck;
import io.sallyport.platform.identity.HashKeys;
import io.sallyport.platform.identity.LoginAudit;
import io.sallyport.platform.identity.SecretHasher;
import io.sallyport.platform.identity.TokenGenerator;
import io.sallyport.platform.space.BridgeRights;
import io.sallyport.platform.space.PlainAuthenticator;
import io.sallyport.platform.space.PlainRevocations;
import io.sallyport.platform.space.PlainSpaceStore;
import io.sallyport.platform.space.StoredPlainSpaces;
import io.sallyport.platform.space.ThrottledPlainAuthenticator;
import io.sallyport.platform.telemetry.TelemetryFeed;
import io.sallyport.platform.telemetry.TelemetryIngest;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.store.sql.SqlRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledFuture;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Plain spaces: their registry, their logins, their contract. */
@Configuration(proxyBeanMethods = false)
class SpaceConfiguration {
  /** Well below the 5 s within which a lost right must act (THREATS T31, T37). */
  private static final Duration BRIDGE_REVIEW = Duration.ofSeconds(2);

  @Bean
  PlainSpaceStore plainSpaceStore(SqlRegistry registry) {
    return registry.plainSpaces();
  }

  @Bean
  BridgeRights bridgeRights(TenantStore tenants, ApiKeyStore apiKeys, DeviceStore devices) {
    return new BridgeRights(tenants, apiKeys, devices);
  }

  @Bean
  StoredPlainSpaces plainSpaces(
      PlainSpaceStore store,
      BridgeRights rights,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      RevocationJournal journal,
      RevocationsUnderway underway,
      LiveConnections live,
      SecretHasher hasher,
      TokenGenerator generator,
      Clock clock) {
    return new StoredPlainSpaces(
        store,
        rights,
        transactions,
        policy,
        audit,
        journal,
        underway,
        live,
        hasher,
        generator,
        clock);
  }

  @Bean
  PlainAuthenticator plainAuthenticator(
      TenantStore tenants,
      PlainSpaceStore store,
      Transactions transactions,
      CredentialCheck check,
      LoginAudit audit,
      HashKeys hashKeys) {
    return new ThrottledPlainAuthenticator(tenants, store, transactions, check, audit, hashKeys);
  }

  @Bean
  RevocationReplay.Elsewhere plainRevocations(PlainSpaceStore store) {
    return new PlainRevocations(store);
  }

  @Bean
  IdentityListeners identityListeners(ServerConfig config) {
    return new IdentityListeners(config.listeners());
  }

  @Bean
  PlainPlatform plainPlatform(
      TenantStore tenants,
      PlainSpaceStore store,
      StoredPlainSpaces spaces,
      PlainAuthenticator logins,
      BridgeRights rights,
      LiveConnections live,
      AuditLog audit,
      TelemetryIngest ingest,
      TelemetryFeed feed) {
    return new PlainPlatform(tenants, store, spaces, logins, rights, live, audit, ingest, feed);
  }

  @Bean(destroyMethod = "close")
  PlainMessaging plainMessaging(
      PlainPlatform platform,
      MqttEngine engine,
      ServerConfig config,
      IdentityListeners identities,
      Clock clock,
      SecureRandom random,
      ExecutorService blockingWork,
      MeterRegistry meters,
      StoredTenants tenants) {
    ServerConfig.Limits limits = config.limits();
    PlainMessaging messaging =
        new PlainMessaging(
            platform,
            engine,
            config.domain(),
            identities,
            PlainClientLimits.of(
                limits.deviceInFlight(),
                limits.queuedMessages(),
                limits.queuedBytes(),
                limits.sessionExpiry()),
            clock,
            random,
            blockingWork,
            meters);
    platform.spaces().add(messaging.changes());
    tenants.add(messaging.tenantCleanup());
    return messaging;
  }

  @Bean
  ScheduledFuture<?> bridgeReview(PlainMessaging messaging, Rounds rounds) {
    return rounds.every(BRIDGE_REVIEW, "the review of bridges", messaging::reviewBridges);
  }
}
