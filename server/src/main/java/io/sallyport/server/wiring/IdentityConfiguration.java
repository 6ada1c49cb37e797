package io.sallyport.server.wiring;

import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.device.ConcurrentLiveConnections;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.ArgonCost;
import io.sallyport.platform.identity.AuditedApiKeys;
import io.sallyport.platform.identity.CredentialCheck;
import io.sallyport.platform.identity.HashKeys;
import io.sallyport.platform.identity.HashQueue;
import io.sallyport.platform.identity.KeyAuthenticator;
import io.sallyport.platform.identity.LoginAudit;
import io.sallyport.platform.identity.LoginThrottle;
import io.sallyport.platform.identity.OperatorKeyStore;
import io.sallyport.platform.identity.OperatorKeys;
import io.sallyport.platform.identity.RoleAccessPolicy;
import io.sallyport.platform.identity.SecretHasher;
import io.sallyport.platform.identity.ThrottledKeyAuthenticator;
import io.sallyport.platform.identity.TokenGenerator;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who is speaking, and what that principal may do. */
@Configuration(proxyBeanMethods = false)
class IdentityConfiguration {
  private static final int HASH_KEY_NEWEST = 1;
  private static final int HASHES_WAITING_MAX = 1_000;

  @Bean
  HashKeys hashKeys(TenantKeys keys) {
    return HashKeys.derive(keys, HASH_KEY_NEWEST);
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
  LoginThrottle loginThrottle(Clock clock) {
    return new LoginThrottle(clock, List.of());
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
      SecretHasher hasher,
      TokenGenerator generator,
      ConcurrentLiveConnections live,
      Clock clock) {
    return new OperatorKeys(
        store, transactions, policy, audit, journal, hasher, generator, live::closeOperator, clock);
  }
}
