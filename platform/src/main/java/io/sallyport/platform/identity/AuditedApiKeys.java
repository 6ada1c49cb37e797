package io.sallyport.platform.identity;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.audit.AuditText;
import io.sallyport.platform.audit.Refusal;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The API keys of the registry; each change commits with its audit record, and connections of a
 * changed key end after the commit. Not to be called inside a transaction.
 */
public final class AuditedApiKeys implements ApiKeys {
  private static final int KEYS_PER_TENANT_MAX = 1_000;
  private static final int COMMENT_CHARS_MAX = 1_024;

  private final ApiKeyStore store;
  private final TenantStore tenants;
  private final Transactions transactions;
  private final AccessPolicy policy;
  private final AuditLog audit;
  private final RevocationJournal journal;
  private final RevocationsUnderway underway;
  private final SecretHasher hasher;
  private final TokenGenerator generator;
  private final List<KeyRevocationListener> listeners;
  private final Clock clock;

  public AuditedApiKeys(
      ApiKeyStore store,
      TenantStore tenants,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      RevocationJournal journal,
      RevocationsUnderway underway,
      SecretHasher hasher,
      TokenGenerator generator,
      List<KeyRevocationListener> listeners,
      Clock clock) {
    this.store = store;
    this.tenants = tenants;
    this.transactions = transactions;
    this.policy = policy;
    this.audit = audit;
    this.journal = journal;
    this.underway = underway;
    this.hasher = hasher;
    this.generator = generator;
    this.listeners = new CopyOnWriteArrayList<>(listeners);
    this.clock = clock;
  }

  /** Adds one who keeps something for API keys; rooms that are wired later call this. */
  public void add(KeyRevocationListener listener) {
    listeners.add(listener);
  }

  @Override
  public IssuedApiKey create(
      Principal actor,
      TenantId tenant,
      Optional<String> key,
      Optional<Secret> token,
      Set<String> roles,
      String comment) {
    if (actor instanceof Principal.Operator) {
      requireNoAdministrator(actor, tenant);
    } else {
      policy.require(actor, Permission.API_KEY_MANAGE, tenant);
    }
    requireGrantable(actor, tenant, roles);
    String name = key.orElseGet(() -> generator.apiKey(tenant));
    if (!KeyNames.tenantOf(name).equals(Optional.of(tenant))) {
      throw Problem.invalid("an API key is a-" + tenant + "- and ten letters or digits");
    }
    if (comment.length() > COMMENT_CHARS_MAX) {
      throw Problem.invalid("a comment has at most 1,024 characters");
    }
    token.ifPresent(TokenRules::require);
    Secret secret = token.orElseGet(generator::token);
    SecretHash hash =
        token.isPresent()
            ? hasher.hashChosen(HashLane.registry(Optional.of(tenant)), secret)
            : hasher.hashGenerated(secret);
    ApiKey fresh = new ApiKey(tenant, name, hash, roles, comment, true, clock.instant(), 1);
    transactions.run(() -> insert(actor, fresh));
    return new IssuedApiKey(fresh, secret);
  }

  /**
   * An operator makes a tenant's first keys without holding rights in it, and helps one whose keys
   * are lost; where somebody can manage the keys, that is his affair (THREATS T45).
   */
  private void requireNoAdministrator(Principal actor, TenantId tenant) {
    Page<ApiKey> page = store.list(tenant, PageRequest.first(PageRequest.LIMIT_MAX));
    boolean managed =
        page.items().stream()
            .filter(ApiKey::enabled)
            .anyMatch(key ->
                ThrottledKeyAuthenticator.permissions(key.roles())
                    .contains(Permission.API_KEY_MANAGE));
    if (managed) {
      throw new AccessDeniedProblem(
          audit.refused(
              new Refusal(
                  Optional.of(tenant),
                  actor.auditName(),
                  "access.refused",
                  "api-keys",
                  actor.auditName() + " api-keys",
                  "access.operator-keys",
                  "operators make keys only for a tenant that has none to manage its keys with",
                  "Let the tenant's administrator make the key.",
                  Map.of())));
    }
  }

  private void insert(Principal actor, ApiKey key) {
    if (tenants.find(key.tenant()).isEmpty()) {
      throw Problem.notFound("the tenant");
    }
    if (store.count(key.tenant()) >= KEYS_PER_TENANT_MAX) {
      throw new Problem(Problem.Code.LIMIT_REACHED, "a tenant has at most 1,000 API keys")
          .asException();
    }
    store.insert(key);
    record(actor, "api-key.create", key, Map.of("roles", roleNames(key.roles())));
  }

  /** THREATS T34: nobody grants what he does not hold. */
  private void requireGrantable(Principal actor, TenantId tenant, Set<String> roles) {
    if (roles.isEmpty()) {
      throw Problem.invalid("an API key needs a role");
    }
    for (String role : roles) {
      if (Role.find(role).isEmpty()) {
        throw Problem.invalid("there is no role " + AuditText.clean(role));
      }
    }
    if (actor instanceof Principal.Operator) {
      return;
    }
    EnumSet<Permission> missing = EnumSet.noneOf(Permission.class);
    for (Permission permission : ThrottledKeyAuthenticator.permissions(roles)) {
      if (!policy.allows(actor, permission, tenant)) {
        missing.add(permission);
      }
    }
    if (!missing.isEmpty()) {
      throw new AccessDeniedProblem(
          audit.refused(
              new Refusal(
                  Optional.of(tenant),
                  actor.auditName(),
                  "access.refused",
                  "api-key roles " + roleNames(roles),
                  actor.auditName() + " grant",
                  "access.grant",
                  actor.auditName() + " does not hold all permissions of the roles it deals with",
                  "Let a key with these permissions do it.",
                  Map.of("missing", missing.toString()))));
    }
  }

  private static String roleNames(Set<String> roles) {
    return String.join(" ", new TreeSet<>(roles));
  }

  @Override
  public ApiKey get(Principal actor, TenantId tenant, String key) {
    policy.require(actor, Permission.API_KEY_READ, tenant);
    return find(tenant, key);
  }

  private ApiKey find(TenantId tenant, String key) {
    return store
        .find(key)
        .filter(found -> found.tenant().equals(tenant))
        .orElseThrow(() -> Problem.notFound("the API key"));
  }

  @Override
  public Page<ApiKey> list(Principal actor, TenantId tenant, PageRequest page) {
    policy.require(actor, Permission.API_KEY_READ, tenant);
    return store.list(tenant, page);
  }

  @Override
  public ApiKey changeRoles(Principal actor, TenantId tenant, String key, Set<String> roles) {
    policy.require(actor, Permission.API_KEY_MANAGE, tenant);
    requireGrantable(actor, tenant, roles);
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      ApiKey changed =
          transactions.write(() -> {
            ApiKey old = find(tenant, key);
            // Nor does anybody change a key that can do more than himself.
            requireGrantable(actor, tenant, old.roles());
            ApiKey updated = store.update(old.withRoles(roles));
            journal.record(
                RevocationJournal.Kind.API_KEY_ROLES_CHANGED,
                tenant.value(),
                key,
                madeAt(old),
                Long.toString(old.version()));
            record(
                actor,
                "api-key.roles",
                updated,
                Map.of("roles", roleNames(roles), "before", roleNames(old.roles())));
            return updated;
          });
      tellListeners(tenant, key);
      return changed;
    }
  }

  @Override
  public ApiKey setEnabled(Principal actor, TenantId tenant, String key, boolean enabled) {
    policy.require(actor, Permission.API_KEY_MANAGE, tenant);
    try (RevocationsUnderway.Passage _ = underway.begin("key " + key)) {
      ApiKey changed =
          transactions.write(() -> {
            ApiKey old = find(tenant, key);
            requireGrantable(actor, tenant, old.roles());
            if (!enabled) {
              journal(RevocationJournal.Kind.API_KEY_DISABLED, old);
            }
            ApiKey updated = store.update(old.withEnabled(enabled));
            record(actor, enabled ? "api-key.enable" : "api-key.disable", updated, Map.of());
            return updated;
          });
      if (enabled) {
        journal(RevocationJournal.Kind.API_KEY_ENABLED, changed);
      }
      tellListeners(tenant, key);
      return changed;
    }
  }

  @Override
  public void delete(Principal actor, TenantId tenant, String key) {
    policy.require(actor, Permission.API_KEY_MANAGE, tenant);
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      transactions.run(() -> {
        ApiKey old = find(tenant, key);
        requireGrantable(actor, tenant, old.roles());
        journal(RevocationJournal.Kind.API_KEY_DELETED, old);
        store.delete(tenant, key);
        record(actor, "api-key.delete", old, Map.of());
      });
      tellListeners(tenant, key);
      listeners.forEach(listener -> listener.keyDeleted(tenant, key));
    }
  }

  private void journal(RevocationJournal.Kind kind, ApiKey key) {
    journal.record(kind, key.tenant().value(), key.key(), madeAt(key));
  }

  private static String madeAt(ApiKey key) {
    return Long.toString(key.created().toEpochMilli());
  }

  private void record(Principal actor, String action, ApiKey key, Map<String, String> details) {
    audit.record(
        AuditEntry.done(key.tenant(), actor.auditName(), action, "key:" + key.key(), details));
  }

  private void tellListeners(TenantId tenant, String key) {
    listeners.forEach(listener -> listener.keyRevoked(tenant, key));
  }
}
