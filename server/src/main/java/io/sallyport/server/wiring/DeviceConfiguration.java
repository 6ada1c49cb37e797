package io.sallyport.server.wiring;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.device.ConcurrentLiveConnections;
import io.sallyport.platform.device.DeviceAuthenticator;
import io.sallyport.platform.device.DeviceRegistry;
import io.sallyport.platform.device.DeviceRevocations;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.device.DeviceTypeStore;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.device.RevocationReplay;
import io.sallyport.platform.device.StoredDeviceRegistry;
import io.sallyport.platform.device.StoredTenants;
import io.sallyport.platform.device.ThrottledDeviceAuthenticator;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.CredentialCheck;
import io.sallyport.platform.identity.HashKeyRing;
import io.sallyport.platform.identity.LoginAudit;
import io.sallyport.platform.identity.OperatorKeyStore;
import io.sallyport.platform.identity.SecretHasher;
import io.sallyport.platform.identity.TokenGenerator;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The registry of tenants and devices, their logins and live connections. */
@Configuration(proxyBeanMethods = false)
class DeviceConfiguration {
  @Bean
  ConcurrentLiveConnections liveConnections() {
    return new ConcurrentLiveConnections();
  }

  @Bean
  RevocationsUnderway revocationsUnderway(RevocationJournal journal) {
    return new RevocationsUnderway(journal);
  }

  @Bean
  DeviceRevocations deviceRevocations(LiveConnections live) {
    return new DeviceRevocations(live);
  }

  @Bean
  DeviceRegistry deviceRegistry(
      DeviceTypeStore types,
      DeviceStore devices,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      RevocationJournal journal,
      RevocationsUnderway underway,
      SecretHasher hasher,
      TokenGenerator generator,
      DeviceRevocations revocations,
      Clock clock) {
    return new StoredDeviceRegistry(
        types,
        devices,
        transactions,
        policy,
        audit,
        journal,
        underway,
        hasher,
        generator,
        revocations,
        clock);
  }

  @Bean
  DeviceAuthenticator deviceAuthenticator(
      TenantStore tenants,
      DeviceStore devices,
      Transactions transactions,
      CredentialCheck check,
      LoginAudit audit) {
    return new ThrottledDeviceAuthenticator(tenants, devices, transactions, check, audit);
  }

  @Bean
  StoredTenants tenants(
      TenantStore store,
      TenantKeys keys,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      RevocationJournal journal,
      RevocationsUnderway underway,
      LiveConnections live,
      TokenGenerator generator,
      Clock clock) {
    return new StoredTenants(
        store, keys, transactions, policy, audit, journal, underway, live, generator, clock);
  }

  @Bean
  RevocationReplay revocationReplay(
      RevocationJournal journal,
      Transactions transactions,
      TenantStore tenants,
      TenantKeys keys,
      ApiKeyStore apiKeys,
      OperatorKeyStore operatorKeys,
      DeviceStore devices,
      SecretHasher hasher,
      HashKeyRing hashKeys,
      TokenGenerator generator,
      AuditLog audit,
      Clock clock,
      RevocationReplay.Elsewhere elsewhere) {
    return new RevocationReplay(
        journal,
        transactions,
        tenants,
        keys,
        apiKeys,
        operatorKeys,
        devices,
        hasher,
        hashKeys,
        generator,
        audit,
        clock,
        elsewhere);
  }
}
