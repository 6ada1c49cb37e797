package io.sallyport.platform.identity;

import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.identity.LoginAudit.Reason;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.platform.tenant.TenantStore;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Logs in the API keys and operator keys of the registry, behind throttle and audit. */
public final class ThrottledKeyAuthenticator implements KeyAuthenticator {
  private static final CredentialVersions GONE = new CredentialVersions(-1, -1, -1);

  private final TenantStore tenants;
  private final ApiKeyStore apiKeys;
  private final OperatorKeyStore operatorKeys;
  private final Transactions transactions;
  private final CredentialCheck check;
  private final LoginAudit audit;
  private final HashKeys hashKeys;

  public ThrottledKeyAuthenticator(
      TenantStore tenants,
      ApiKeyStore apiKeys,
      OperatorKeyStore operatorKeys,
      Transactions transactions,
      CredentialCheck check,
      LoginAudit audit,
      HashKeys hashKeys) {
    this.tenants = tenants;
    this.apiKeys = apiKeys;
    this.operatorKeys = operatorKeys;
    this.transactions = transactions;
    this.check = check;
    this.audit = audit;
    this.hashKeys = hashKeys;
  }

  @Override
  public Authentication authenticate(String key, Secret token, LoginSource source) {
    if (KeyNames.isOperatorKey(key)) {
      return operatorLogin(key, token, source);
    }
    return apiKeyLogin(key, token, source);
  }

  private Authentication apiKeyLogin(String key, Secret token, LoginSource source) {
    Optional<TenantId> named = KeyNames.tenantOf(key);
    Optional<Tenant> tenant = named.flatMap(tenants::find);
    Optional<ApiKey> found =
        tenant.isEmpty()
            ? Optional.empty()
            : apiKeys.find(key).filter(row -> named.equals(Optional.of(row.tenant())));
    Optional<Reason> hindrance = hindrance(tenant, found, source);
    CredentialCheck.Claim claim =
        new CredentialCheck.Claim(
            key,
            hindrance.isPresent() ? Optional.empty() : found.map(ApiKey::token),
            token,
            tenant.map(Tenant::id),
            source,
            false);
    CredentialCheck.Result result = check.check(claim);
    boolean matches =
        result == CredentialCheck.Result.MATCHES
            || result == CredentialCheck.Result.MATCHES_REHASH_DUE;
    if (hindrance.isPresent() || !matches || tenant.isEmpty() || found.isEmpty()) {
      String subject = found.isPresent() ? "key:" + key : hashKeys.pseudonym(key);
      Reason reason = reason(result, hindrance);
      return audit.refused(tenant.map(Tenant::id), subject, reason, source);
    }
    ApiKey apiKey = found.get();
    if (result == CredentialCheck.Result.MATCHES_REHASH_DUE) {
      apiKey = rehash(apiKey, claim);
    }
    Principal principal =
        new Principal.Application(
            apiKey.tenant(), tenant.get().number(), key, permissions(apiKey.roles()));
    audit.succeeded(principal, source);
    return new Authentication.Granted(principal, versions(tenant.get(), apiKey));
  }

  private static Optional<Reason> hindrance(
      Optional<Tenant> tenant, Optional<ApiKey> key, LoginSource source) {
    if (tenant.isEmpty() || key.isEmpty()) {
      return Optional.of(Reason.UNKNOWN);
    }
    if (tenant.get().status() != TenantStatus.ACTIVE) {
      return Optional.of(Reason.TENANT_SUSPENDED);
    }
    if (!key.get().enabled()) {
      return Optional.of(Reason.DISABLED);
    }
    return source.secure() || tenant.get().settings().plainTransportAllowed()
        ? Optional.empty()
        : Optional.of(Reason.PLAIN_TRANSPORT);
  }

  private static Reason reason(CredentialCheck.Result result, Optional<Reason> hindrance) {
    return switch (result) {
      case THROTTLED -> Reason.THROTTLED;
      case BUSY -> Reason.BUSY;
      case WRONG, MATCHES, MATCHES_REHASH_DUE -> hindrance.orElse(Reason.WRONG_SECRET);
    };
  }

  /** THREATS T06: a success under an old key is hashed anew, unless the key changed meanwhile. */
  private ApiKey rehash(ApiKey known, CredentialCheck.Claim claim) {
    return check
        .rehash(claim)
        .map(fresh -> transactions.write(() -> replaceHash(known, fresh)))
        .orElse(known);
  }

  private ApiKey replaceHash(ApiKey known, SecretHash fresh) {
    return apiKeys
        .find(known.key())
        .filter(row -> row.version() == known.version())
        .map(row -> apiKeys.update(row.withToken(fresh)))
        .orElse(known);
  }

  static Set<Permission> permissions(Set<String> roles) {
    EnumSet<Permission> permissions = EnumSet.noneOf(Permission.class);
    roles.forEach(
        role -> Role.find(role).ifPresent(found -> permissions.addAll(found.permissions())));
    return permissions;
  }

  private static CredentialVersions versions(Tenant tenant, ApiKey key) {
    return new CredentialVersions(tenant.version(), key.version(), key.version());
  }

  private Authentication operatorLogin(String key, Secret token, LoginSource source) {
    Optional<OperatorKey> found = operatorKeys.find(key);
    boolean transportFits =
        source.secure() || AddressBlock.addressOf(source.remote()).isLoopbackAddress();
    CredentialCheck.Claim claim =
        new CredentialCheck.Claim(
            key,
            transportFits ? found.map(OperatorKey::token) : Optional.empty(),
            token,
            Optional.empty(),
            source,
            true);
    CredentialCheck.Result result = check.check(claim);
    if (found.isPresent()
        && (result == CredentialCheck.Result.MATCHES
            || result == CredentialCheck.Result.MATCHES_REHASH_DUE)) {
      if (result == CredentialCheck.Result.MATCHES_REHASH_DUE) {
        SecretHash known = found.get().token();
        check.rehash(claim).ifPresent(fresh -> operatorKeys.rehash(key, known, fresh));
      }
      Principal principal = new Principal.Operator(key);
      audit.succeeded(principal, source);
      return new Authentication.Granted(principal, versions(found.get()));
    }
    Optional<Reason> hindrance =
        found.isEmpty()
            ? Optional.of(Reason.UNKNOWN)
            : transportFits ? Optional.empty() : Optional.of(Reason.PLAIN_TRANSPORT);
    String subject = found.isPresent() ? "operator:" + key : hashKeys.pseudonym(key);
    return audit.refused(Optional.empty(), subject, reason(result, hindrance), source);
  }

  private static CredentialVersions versions(OperatorKey key) {
    return new CredentialVersions(0, key.created().toEpochMilli(), 0);
  }

  @Override
  public CredentialVersions currentVersions(Principal principal) {
    return switch (principal) {
      case Principal.Application application ->
          tenants
              .find(application.tenant())
              .flatMap(
                  tenant -> apiKeys.find(application.apiKey()).map(key -> versions(tenant, key)))
              .orElse(GONE);
      case Principal.Operator operator ->
          operatorKeys.find(operator.key()).map(ThrottledKeyAuthenticator::versions).orElse(GONE);
      case Principal.Device device ->
          throw new IllegalArgumentException("a device does not log in with a key");
      case Principal.PlainClient client ->
          throw new IllegalArgumentException("a plain client does not log in with a key");
    };
  }

  @Override
  public Optional<Principal.Application> standing(String apiKey) {
    return apiKeys
        .find(apiKey)
        .filter(ApiKey::enabled)
        .flatMap(key ->
            tenants
                .find(key.tenant())
                .filter(tenant -> tenant.status() == TenantStatus.ACTIVE)
                .map(tenant ->
                    new Principal.Application(
                        tenant.id(), tenant.number(), apiKey, permissions(key.roles()))));
  }
}
