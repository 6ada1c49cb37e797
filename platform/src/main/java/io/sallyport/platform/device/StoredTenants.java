package io.sallyport.platform.device;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.TokenGenerator;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tenants of the registry. Acts of operators are recorded in the tenant's own chain, making and
 * deleting also in the installation's. Not to be called inside a transaction.
 */
public final class StoredTenants implements Tenants {
  private static final Logger LOG = LoggerFactory.getLogger(StoredTenants.class);
  private static final int NAME_CHARS_MAX = 256;

  private final TenantStore store;
  private final TenantKeys keys;
  private final Transactions transactions;
  private final AccessPolicy policy;
  private final AuditLog audit;
  private final RevocationJournal journal;
  private final RevocationsUnderway underway;
  private final LiveConnections connections;
  private final TokenGenerator generator;
  private final Clock clock;
  private final List<TenantRevocationListener> listeners = new CopyOnWriteArrayList<>();

  public StoredTenants(
      TenantStore store,
      TenantKeys keys,
      Transactions transactions,
      AccessPolicy policy,
      AuditLog audit,
      RevocationJournal journal,
      RevocationsUnderway underway,
      LiveConnections connections,
      TokenGenerator generator,
      Clock clock) {
    this.store = store;
    this.keys = keys;
    this.transactions = transactions;
    this.policy = policy;
    this.audit = audit;
    this.journal = journal;
    this.underway = underway;
    this.connections = connections;
    this.generator = generator;
    this.clock = clock;
  }

  /** Adds one who keeps something for tenants; rooms that are wired later call this. */
  public void add(TenantRevocationListener listener) {
    listeners.add(listener);
  }

  @Override
  public Tenant create(Principal actor, Optional<TenantId> id, String name) {
    policy.requireOperator(actor);
    requireName(name);
    TenantId tenantId = id.orElseGet(generator::tenantId);
    Tenant tenant =
        transactions.write(() -> {
          Tenant created = store.create(tenantId, name, TenantSettings.DEFAULT, clock.instant());
          // Durable before the commit: no tenant is ever seen without its key. The key of a
          // transaction that fails belongs to a number that a later tenant may get; it has
          // encrypted nothing.
          keys.ensureTenant(created.number());
          record(actor, tenantId, "tenant.create", Map.of("name", name));
          recordInstallation(actor, tenantId, "tenant.create");
          return created;
        });
    return tenant;
  }

  private static void requireName(String name) {
    if (name.isBlank()
        || name.length() > NAME_CHARS_MAX
        || name.chars().anyMatch(Character::isISOControl)) {
      throw Problem.invalid("a tenant's name has 1 to 256 characters and no control characters");
    }
  }

  @Override
  public Tenant get(Principal actor, TenantId id) {
    requireOperatorOr(actor, Permission.TENANT_READ, id);
    return find(id);
  }

  private Tenant find(TenantId id) {
    return store.find(id).orElseThrow(() -> Problem.notFound("the tenant"));
  }

  private void requireOperatorOr(Principal actor, Permission permission, TenantId tenant) {
    if (!(actor instanceof Principal.Operator)) {
      policy.require(actor, permission, tenant);
    }
  }

  @Override
  public Page<Tenant> list(Principal actor, PageRequest page) {
    policy.requireOperator(actor);
    return store.list(page);
  }

  @Override
  public Tenant rename(Principal actor, TenantId id, String name) {
    requireOperatorOr(actor, Permission.TENANT_MANAGE, id);
    requireName(name);
    return transactions.write(() -> {
      Tenant old = find(id);
      record(actor, id, "tenant.rename", Map.of("name", name, "before", old.name()));
      return store.update(id, name, old.status(), old.settings(), clock.instant());
    });
  }

  @Override
  public Tenant changeSettings(Principal actor, TenantId id, TenantSettings settings) {
    requireOperatorOr(actor, Permission.TENANT_MANAGE, id);
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      boolean[] plainWithdrawn = new boolean[1];
      Tenant changed =
          transactions.write(() -> {
            Tenant old = find(id);
            requireOwnChoice(actor, old, settings);
            plainWithdrawn[0] =
                old.settings().plainTransportAllowed() && !settings.plainTransportAllowed();
            record(
                actor,
                id,
                "tenant.settings",
                Map.of("settings", settings.toString(), "before", old.settings().toString()));
            return store.update(id, old.name(), old.status(), settings, clock.instant());
          });
      if (plainWithdrawn[0]) {
        // Which connections are plain is not known here; all log in again.
        connections.closeTenant(id);
      }
      return changed;
    }
  }

  /** THREATS T17: only the tenant itself gives up TLS. */
  private void requireOwnChoice(Principal actor, Tenant old, TenantSettings settings) {
    if (actor instanceof Principal.Operator
        && settings.plainTransportAllowed()
        && !old.settings().plainTransportAllowed()) {
      policy.require(actor, Permission.TENANT_MANAGE, old.id());
    }
  }

  @Override
  public Tenant suspend(Principal actor, TenantId id) {
    policy.requireOperator(actor);
    try (RevocationsUnderway.Passage _ = underway.begin(subject(id))) {
      Tenant changed = setStatus(actor, id, TenantStatus.SUSPENDED, "tenant.suspend");
      connections.closeTenant(id);
      return changed;
    }
  }

  @Override
  public Tenant resume(Principal actor, TenantId id) {
    policy.requireOperator(actor);
    try (RevocationsUnderway.Passage _ = underway.begin(subject(id))) {
      Tenant changed = setStatus(actor, id, TenantStatus.ACTIVE, "tenant.resume");
      journal(RevocationJournal.Kind.TENANT_RESUMED, changed);
      return changed;
    }
  }

  private static String subject(TenantId id) {
    return "tenant " + id;
  }

  private Tenant setStatus(Principal actor, TenantId id, TenantStatus status, String action) {
    return transactions.write(() -> {
      Tenant old = find(id);
      if (status == TenantStatus.SUSPENDED) {
        journal(RevocationJournal.Kind.TENANT_SUSPENDED, old);
      }
      record(actor, id, action, Map.of());
      return store.update(id, old.name(), status, old.settings(), clock.instant());
    });
  }

  @Override
  public void delete(Principal actor, TenantId id) {
    policy.requireOperator(actor);
    Tenant tenant;
    try (RevocationsUnderway.Passage _ = underway.begin(subject(id))) {
      // Nobody of it may be writing when the keys go.
      tenant = suspend(actor, id);
      journal(RevocationJournal.Kind.TENANT_DELETED, tenant);
      keys.shred(tenant.number());
      transactions.run(() -> {
        record(actor, id, "tenant.delete", Map.of());
        recordInstallation(actor, id, "tenant.delete");
        store.delete(id, clock.instant());
      });
      connections.closeTenant(id);
    }
    for (TenantRevocationListener listener : listeners) {
      try {
        listener.tenantDeleted(tenant);
      } catch (RuntimeException e) {
        // Its keys are gone and its number is never reused: what is left is unreadable.
        LOG.error("Cleaning up after tenant {} failed", tenant.number(), e);
      }
    }
  }

  private void journal(RevocationJournal.Kind kind, Tenant tenant) {
    journal.record(kind, tenant.id().value(), Integer.toString(tenant.number()));
  }

  private void record(
      Principal actor, TenantId tenant, String action, Map<String, String> details) {
    audit.record(AuditEntry.done(tenant, actor.auditName(), action, tenant.value(), details));
  }

  private void recordInstallation(Principal actor, TenantId tenant, String action) {
    audit.record(AuditEntry.installation(actor.auditName(), action, tenant.value(), Map.of()));
  }
}
