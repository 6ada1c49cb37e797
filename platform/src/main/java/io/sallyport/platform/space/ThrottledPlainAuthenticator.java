package io.sallyport.platform.space;

import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialCheck;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.HashKeys;
import io.sallyport.platform.identity.LoginAudit;
import io.sallyport.platform.identity.LoginAudit.Reason;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.SecretHash;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.platform.tenant.TenantStore;
import java.util.Optional;

/** Logs in the registry's plain credentials, behind throttle and audit. */
public final class ThrottledPlainAuthenticator implements PlainAuthenticator {
  private static final CredentialVersions GONE = new CredentialVersions(-1, -1, -1);

  private final TenantStore tenants;
  private final PlainSpaceStore store;
  private final Transactions transactions;
  private final CredentialCheck check;
  private final LoginAudit audit;
  private final HashKeys hashKeys;

  public ThrottledPlainAuthenticator(
      TenantStore tenants,
      PlainSpaceStore store,
      Transactions transactions,
      CredentialCheck check,
      LoginAudit audit,
      HashKeys hashKeys) {
    this.tenants = tenants;
    this.store = store;
    this.transactions = transactions;
    this.check = check;
    this.audit = audit;
    this.hashKeys = hashKeys;
  }

  /** What the registry holds of the credential that a client claims, as of before the check. */
  private record Claimed(Tenant tenant, PlainCredential credential) {
    CredentialVersions versions() {
      return new CredentialVersions(tenant.version(), credential.number(), credential.version());
    }

    Principal.PlainClient principal() {
      return new Principal.PlainClient(
          tenant.id(),
          tenant.number(),
          credential.space(),
          credential.spaceNumber(),
          credential.name(),
          credential.number());
    }
  }

  @Override
  public boolean knows(TenantId tenant, String name) {
    return PlainNames.isName(name) && store.findCredential(tenant, name).isPresent();
  }

  @Override
  public Authentication authenticate(
      Optional<TenantId> named, String name, Secret password, LoginSource source) {
    Optional<Tenant> tenant = named.flatMap(tenants::find);
    Optional<Claimed> claimed =
        PlainNames.isName(name)
            ? tenant.flatMap(owner ->
                store.findCredential(owner.id(), name).map(found -> new Claimed(owner, found)))
            : Optional.empty();
    Optional<Reason> hindrance = hindrance(claimed, source);
    CredentialCheck.Claim claim =
        new CredentialCheck.Claim(
            "plain:" + tenant.map(it -> it.id().value()).orElse("") + "/" + name,
            hindrance.isPresent()
                ? Optional.empty()
                : claimed.flatMap(found -> found.credential().password()),
            password,
            tenant.map(Tenant::id),
            source,
            false);
    CredentialCheck.Result result = check.check(claim);
    if (claimed.isPresent() && hindrance.isEmpty()) {
      switch (result) {
        case MATCHES -> {
          return granted(claimed.get(), source);
        }
        case MATCHES_REHASH_DUE -> {
          return granted(rehash(claimed.get(), claim), source);
        }
        case WRONG, THROTTLED, BUSY -> {}
      }
    }
    String subject = claimed.isPresent() ? "plain:" + name : hashKeys.pseudonym(name);
    return audit.refused(tenant.map(Tenant::id), subject, reason(result, hindrance), source);
  }

  private static Optional<Reason> hindrance(Optional<Claimed> claimed, LoginSource source) {
    if (claimed.isEmpty()) {
      return Optional.of(Reason.UNKNOWN);
    }
    Optional<Reason> unusable = unusable(claimed.get());
    if (unusable.isPresent()) {
      return unusable;
    }
    return source.secure() || claimed.get().tenant().settings().plainTransportAllowed()
        ? Optional.empty()
        : Optional.of(Reason.PLAIN_TRANSPORT);
  }

  private static Optional<Reason> unusable(Claimed claimed) {
    if (claimed.tenant().status() != TenantStatus.ACTIVE) {
      return Optional.of(Reason.TENANT_SUSPENDED);
    }
    return claimed.credential().enabled() ? Optional.empty() : Optional.of(Reason.DISABLED);
  }

  private static Reason reason(CredentialCheck.Result result, Optional<Reason> hindrance) {
    return switch (result) {
      case THROTTLED -> Reason.THROTTLED;
      case BUSY -> Reason.BUSY;
      case WRONG, MATCHES, MATCHES_REHASH_DUE -> hindrance.orElse(Reason.WRONG_SECRET);
    };
  }

  private Authentication granted(Claimed claimed, LoginSource source) {
    Principal principal = claimed.principal();
    audit.succeeded(principal, source);
    return new Authentication.Granted(principal, claimed.versions());
  }

  /** THREATS T06: a success under an old key is hashed anew, unless the password changed since. */
  private Claimed rehash(Claimed claimed, CredentialCheck.Claim claim) {
    return check
        .rehash(claim)
        .map(fresh -> transactions.write(() -> replaceHash(claimed, fresh)))
        .orElse(claimed);
  }

  private Claimed replaceHash(Claimed known, SecretHash fresh) {
    return store
        .findCredential(known.tenant().id(), known.credential().name())
        .filter(row ->
            row.number() == known.credential().number()
                && row.version() == known.credential().version())
        // The password is the same: what is open stays open.
        .map(row -> store.updateCredential(row.withPassword(fresh), false))
        .map(row -> new Claimed(known.tenant(), row))
        .orElse(known);
  }

  @Override
  public Authentication authenticateByListener(ListenerIdentity identity, LoginSource source) {
    Optional<Claimed> claimed =
        tenants
            .find(identity.tenant())
            .flatMap(owner ->
                store
                    .findCredential(owner.id(), identity.credential())
                    .filter(found -> found.space().equals(identity.space()))
                    .map(found -> new Claimed(owner, found)));
    Optional<Reason> hindrance =
        claimed.isEmpty() ? Optional.of(Reason.UNKNOWN) : unusable(claimed.get());
    if (claimed.isPresent() && hindrance.isEmpty()) {
      return granted(claimed.get(), source);
    }
    return audit.refused(
        claimed.map(found -> found.tenant().id()),
        "plain:" + identity.credential(),
        hindrance.orElse(Reason.UNKNOWN),
        source);
  }

  @Override
  public CredentialVersions currentVersions(Principal.PlainClient client) {
    return tenants
        .find(client.tenant())
        .flatMap(owner ->
            store
                .findCredential(owner.id(), client.credential())
                .map(found -> new Claimed(owner, found)))
        .map(Claimed::versions)
        .orElse(GONE);
  }
}
