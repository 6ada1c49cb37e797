package io.sallyport.server.wiring;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.device.ConcurrentLiveConnections;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.ArgonCost;
import io.sallyport.platform.identity.AuditedApiKeys;
import io.sallyport.platform.identity.CredentialCheck;
import io.sallyport.platform.identity.HashKeyRing;
import io.sallyport.platform.identity.HashKeys;
import io.sallyport.platform.identity.HashQueue;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.identity.KnownAddresses;
import io.sallyport.platform.identity.LoginAudit;
import io.sallyport.platform.identity.LoginThrottle;
import io.sallyport.platform.identity.OperatorKeyStore;
import io.sallyport.platform.identity.OperatorKeys;
import io.sallyport.platform.identity.RoleAccessPolicy;
import io.sallyport.platform.identity.SecretHasher;
import io.sallyport.platform.identity.ThrottledKeyAuthenticator;
import io.sallyport.platform.identity.TokenGenerator;
import io.sallyport.platform.tenant.SettingStore;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantStore;
import io.sallyport.store.sql.SqlRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who is speaking, and what that principal may do. */
@Configuration(proxyBeanMethods = false)
class IdentityConfiguration {
  private static final int HASHES_WAITING_MAX = 1_000;

  @Bean
  HashKeys hashKeys(TenantKeys keys, SettingStore settings) {
    return HashKeyRing.load(keys, settings);
  }

  @Bean
  HashKeyRing hashKeyRing(
      HashKeys keys,
      SqlRegistry registry,
      SettingStore settings,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      RevocationJournal journal,
      RevocationsUnderway underway) {
    return new HashKeyRing(
        keys, registry.storedHashes(), settings, transactions, policy, audit, journal, underway);
  }

  @Bean(destroyMethod = "close")
  HashQueue hashQueue(ThreadFactory threads) {
    int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    return new HashQueue(half, HASHES_WAITING_MAX, threads);
  }

  @Bean
  SecretHasher secretHasher(HashKeys keys, SecureRandom random, HashQueue queue) {
    return new SecretHasher(keys, ArgonCost.DEFAULT, random, queue);
  }

  @Bean
  TokenGenerator tokenGenerator(SecureRandom random) {
    return new TokenGenerator(random);
  }

  @Bean
  KnownAddresses knownAddresses(SqlRegistry registry, TenantKeys keys, Clock clock) {
    return new KnownAddresses(registry.knownAddresses(), keys, clock);
  }

  @Bean
  LoginThrottle loginThrottle(Clock clock, KnownAddresses known) {
    return new LoginThrottle(clock, List.of(), known);
  }

  @Bean(destroyMethod = "close")
  KnownAddressJob knownAddressJob(KnownAddresses known, Rounds rounds) {
    return new KnownAddressJob(
        known, rounds.every(Duration.ofMinutes(1), "writing known addresses", known::flush));
  }

  /** Writes them once a minute, and what is left at the end. */
  record KnownAddressJob(KnownAddresses known, Future<?> rounds) implements AutoCloseable {
    @Override
    public void close() {
      rounds.cancel(false);
      known.flush();
    }
  }

  @Bean
  CredentialCheck credentialCheck(
      LoginThrottle throttle, SecretHasher hasher, Clock clock, SecureRandom random) {
    return new CredentialCheck(throttle, hasher, clock, random);
  }

  @Bean
  LoginAudit loginAudit(AuditLog audit, Clock clock) {
    return new LoginAudit(audit, clock);
  }

  @Bean
  AccessPolicy accessPolicy(AuditLog audit) {
    return new RoleAccessPolicy(audit);
  }

  @Bean
  KeyAuthenticator keyAuthenticator(
      TenantStore tenants,
      ApiKeyStore apiKeys,
      OperatorKeyStore operatorKeys,
      Transactions transactions,
      CredentialCheck check,
      LoginAudit audit,
      HashKeys hashKeys) {
    return new ThrottledKeyAuthenticator(
        tenants, apiKeys, operatorKeys, transactions, check, audit, hashKeys);
  }

  @Bean
  AuditedApiKeys apiKeys(
      ApiKeyStore store,
      TenantStore tenants,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      RevocationJournal journal,
      RevocationsUnderway underway,
      SecretHasher hasher,
      TokenGenerator generator,
      ConcurrentLiveConnections live,
      Clock clock) {
    return new AuditedApiKeys(
        store,
        tenants,
        transactions,
        policy,
        audit,
        journal,
        underway,
        hasher,
        generator,
        List.of(live::closeApiKey),
        clock);
  }

  @Bean
  OperatorKeys operatorKeys(
      OperatorKeyStore store,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      RevocationJournal journal,
      RevocationsUnderway underway,
      SecretHasher hasher,
      TokenGenerator generator,
      ConcurrentLiveConnections live,
      Clock clock) {
    return new OperatorKeys(
        store,
        transactions,
        policy,
        audit,
        journal,
        underway,
        hasher,
        generator,
        live::closeOperator,
        clock);
  }
}
