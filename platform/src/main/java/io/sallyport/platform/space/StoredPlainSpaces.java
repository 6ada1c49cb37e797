package io.sallyport.platform.space;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationJournal.Kind;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.HashLane;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.SecretHash;
import io.sallyport.platform.identity.SecretHasher;
import io.sallyport.platform.identity.TokenGenerator;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plain spaces of the registry. Each change commits with its audit record; what is open is
 * ended or told after the commit. Not to be called inside a transaction. Thread-safe.
 */
public final class StoredPlainSpaces implements PlainSpaces {
  private static final Logger LOG = LoggerFactory.getLogger(StoredPlainSpaces.class);

  private static final int SPACES_PER_TENANT_MAX = 64;
  private static final int CREDENTIALS_PER_TENANT_MAX = 10_000;
  private static final int BRIDGES_PER_TENANT_MAX = 100;
  private static final int RULES_MAX = 200;
  private static final int PASSWORD_BYTES_MAX = 256;

  private final PlainSpaceStore store;
  private final BridgeRights rights;
  private final Transactions transactions;
  private final AccessPolicy policy;
  private final AuditLog audit;
  private final RevocationJournal journal;
  private final RevocationsUnderway underway;
  private final LiveConnections live;
  private final SecretHasher hasher;
  private final TokenGenerator generator;
  private final Clock clock;
  private final List<PlainSpaceListener> listeners = new CopyOnWriteArrayList<>();

  public StoredPlainSpaces(
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
    this.store = store;
    this.rights = rights;
    this.transactions = transactions;
    this.policy = policy;
    this.audit = audit;
    this.journal = journal;
    this.underway = underway;
    this.live = live;
    this.hasher = hasher;
    this.generator = generator;
    this.clock = clock;
  }

  /** Adds one who acts on what is open; rooms that are wired later call this. */
  public void add(PlainSpaceListener listener) {
    listeners.add(listener);
  }

  @Override
  public PlainSpace createSpace(
      Principal actor,
      TenantId tenant,
      String name,
      PlainSpace.Acknowledge acknowledge,
      PlainSpace.DeniedPublish deniedPublish) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    requireName(name, "a space's ");
    return transactions.write(() -> {
      requireRoom(store.countSpaces(tenant), SPACES_PER_TENANT_MAX, "64 plain spaces");
      PlainSpace made =
          store.insertSpace(
              new PlainSpace(tenant, 0, name, acknowledge, deniedPublish, clock.instant(), 1));
      record(actor, "space.create", made, settings(made));
      return made;
    });
  }

  private static void requireName(String name, String whose) {
    if (!PlainNames.isName(name)) {
      throw Problem.invalid(whose + PlainNames.FORM);
    }
  }

  private static void requireRoom(long count, int max, String what) {
    if (count >= max) {
      throw new Problem(Problem.Code.LIMIT_REACHED, "a tenant has at most " + what).asException();
    }
  }

  @Override
  public PlainSpace getSpace(Principal actor, TenantId tenant, String name) {
    policy.require(actor, Permission.SPACE_READ, tenant);
    return space(tenant, name);
  }

  private PlainSpace space(TenantId tenant, String name) {
    return store.findSpace(tenant, name).orElseThrow(() -> Problem.notFound("the space"));
  }

  @Override
  public Page<PlainSpace> listSpaces(Principal actor, TenantId tenant, PageRequest page) {
    policy.require(actor, Permission.SPACE_READ, tenant);
    return store.listSpaces(tenant, page);
  }

  @Override
  public PlainSpace changeSpace(
      Principal actor,
      TenantId tenant,
      String name,
      Optional<PlainSpace.Acknowledge> acknowledge,
      Optional<PlainSpace.DeniedPublish> deniedPublish) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    PlainSpace changed =
        transactions.write(() -> {
          PlainSpace old = space(tenant, name);
          PlainSpace updated =
              store.updateSpace(
                  old.with(
                      acknowledge.orElse(old.acknowledge()),
                      deniedPublish.orElse(old.deniedPublish())));
          record(actor, "space.change", updated, settings(updated));
          return updated;
        });
    tell(listener -> listener.spaceChanged(changed));
    return changed;
  }

  private static Map<String, String> settings(PlainSpace space) {
    return Map.of(
        "acknowledge", space.acknowledge().name(), "deniedPublish", space.deniedPublish().name());
  }

  @Override
  public void deleteSpace(Principal actor, TenantId tenant, String name) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      PlainSpace gone =
          transactions.write(() -> {
            PlainSpace old = space(tenant, name);
            journal.record(
                Kind.PLAIN_SPACE_DELETED, tenant.value(), name, Long.toString(old.number()));
            store.deleteSpace(tenant, name);
            record(actor, "space.delete", old, Map.of());
            return old;
          });
      tell(listener -> listener.spaceDeleted(gone));
    }
  }

  @Override
  public IssuedPlainCredential createCredential(
      Principal actor, TenantId tenant, String space, NewCredential wanted) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    requireName(wanted.name(), "a credential's ");
    requireRules(wanted.rules());
    Optional<Secret> made =
        wanted.password() instanceof Password.Made
            ? Optional.of(generator.token())
            : Optional.empty();
    Optional<SecretHash> hash =
        switch (wanted.password()) {
          case Password.Chosen chosen -> Optional.of(hashOfChosen(tenant, chosen.secret()));
          case Password.Made _ -> made.map(hasher::hashGenerated);
          case Password.None _ -> Optional.empty();
        };
    PlainCredential stored =
        transactions.write(() -> {
          requireRoom(
              store.countCredentials(tenant),
              CREDENTIALS_PER_TENANT_MAX,
              "10,000 plain credentials");
          PlainSpace home = space(tenant, space);
          PlainCredential credential =
              store.insertCredential(
                  new PlainCredential(
                      tenant,
                      0,
                      space,
                      home.number(),
                      wanted.name(),
                      hash,
                      wanted.clientIds().orElseGet(() -> ClientIdRule.defaultFor(wanted.name())),
                      wanted.rules(),
                      wanted.limits(),
                      true,
                      clock.instant(),
                      1,
                      1));
          record(
              actor,
              "plain-credential.create",
              credential,
              Map.of(
                  "clientIds", credential.clientIds().text(), "rules", text(credential.rules())));
          return credential;
        });
    return new IssuedPlainCredential(stored, made);
  }

  private static void requireRules(List<AccessRule> rules) {
    if (rules.size() > RULES_MAX) {
      throw new Problem(Problem.Code.LIMIT_REACHED, "a credential has at most 200 access rules")
          .asException();
    }
  }

  private SecretHash hashOfChosen(TenantId tenant, Secret chosen) {
    if (chosen.sizeBytes() == 0 || chosen.sizeBytes() > PASSWORD_BYTES_MAX) {
      throw Problem.invalid("a password has 1 to 256 bytes");
    }
    return hasher.hashChosen(HashLane.registry(Optional.of(tenant)), chosen);
  }

  private static String text(List<AccessRule> rules) {
    return rules.stream().map(AccessRule::text).collect(Collectors.joining(", "));
  }

  @Override
  public PlainCredential getCredential(
      Principal actor, TenantId tenant, String space, String name) {
    policy.require(actor, Permission.SPACE_READ, tenant);
    return credential(tenant, space, name);
  }

  private PlainCredential credential(TenantId tenant, String space, String name) {
    return store
        .findCredential(tenant, name)
        .filter(found -> found.space().equals(space))
        .orElseThrow(() -> Problem.notFound("the credential"));
  }

  @Override
  public Page<PlainCredential> listCredentials(
      Principal actor, TenantId tenant, String space, PageRequest page) {
    policy.require(actor, Permission.SPACE_READ, tenant);
    space(tenant, space);
    return store.listCredentials(tenant, space, page);
  }

  @Override
  public PlainCredential changeRules(
      Principal actor, TenantId tenant, String space, String name, List<AccessRule> rules) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    requireRules(rules);
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      PlainCredential changed =
          transactions.write(() -> {
            PlainCredential old = credential(tenant, space, name);
            journalCredential(Kind.PLAIN_CREDENTIAL_CHANGED, old);
            PlainCredential updated = store.updateCredential(old.withRules(rules), false);
            record(
                actor,
                "plain-credential.rules",
                updated,
                Map.of("rules", text(rules), "before", text(old.rules())));
            return updated;
          });
      tell(listener -> listener.credentialChanged(changed));
      return changed;
    }
  }

  @Override
  public PlainCredential changeCredential(
      Principal actor,
      TenantId tenant,
      String space,
      String name,
      Optional<ClientIdRule> clientIds,
      UnaryOperator<PlainLimits> limits) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    return change(
        actor,
        tenant,
        space,
        name,
        "plain-credential.change",
        clientIds.isPresent(),
        old -> {
          if (clientIds.isPresent()) {
            journalCredential(Kind.PLAIN_CREDENTIAL_CHANGED, old);
          }
          return old.with(clientIds.orElse(old.clientIds()), limits.apply(old.limits()));
        });
  }

  @Override
  public PlainCredential setEnabled(
      Principal actor, TenantId tenant, String space, String name, boolean enabled) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    try (RevocationsUnderway.Passage _ = underway.begin("plain " + tenant + "/" + name)) {
      PlainCredential changed =
          change(
              actor,
              tenant,
              space,
              name,
              enabled ? "plain-credential.enable" : "plain-credential.disable",
              true,
              old -> {
                if (!enabled) {
                  journalCredential(Kind.PLAIN_CREDENTIAL_DISABLED, old);
                }
                return old.withEnabled(enabled);
              });
      if (enabled) {
        journalCredential(Kind.PLAIN_CREDENTIAL_ENABLED, changed);
      }
      return changed;
    }
  }

  @Override
  public IssuedPlainCredential replacePassword(
      Principal actor, TenantId tenant, String space, String name, Optional<Secret> chosen) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    Optional<Secret> made = chosen.isPresent() ? Optional.empty() : Optional.of(generator.token());
    SecretHash hash =
        chosen
            .map(secret -> hashOfChosen(tenant, secret))
            .orElseGet(() -> hasher.hashGenerated(made.orElseThrow()));
    PlainCredential changed =
        change(
            actor,
            tenant,
            space,
            name,
            "plain-credential.password",
            true,
            old -> {
              journalCredential(Kind.PLAIN_CREDENTIAL_CHANGED, old);
              return old.withPassword(hash);
            });
    return new IssuedPlainCredential(changed, made);
  }

  private PlainCredential change(
      Principal actor,
      TenantId tenant,
      String space,
      String name,
      String action,
      boolean endsConnections,
      UnaryOperator<PlainCredential> how) {
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      PlainCredential changed =
          transactions.write(() -> {
            PlainCredential updated =
                store.updateCredential(how.apply(credential(tenant, space, name)), endsConnections);
            record(
                actor,
                action,
                updated,
                Map.of(
                    "clientIds",
                    updated.clientIds().text(),
                    "limits",
                    updated.limits().toString(),
                    "enabled",
                    Boolean.toString(updated.enabled())));
            return updated;
          });
      if (endsConnections) {
        live.closePlainCredential(tenant, name);
      }
      tell(listener -> listener.credentialChanged(changed));
      return changed;
    }
  }

  @Override
  public void deleteCredential(Principal actor, TenantId tenant, String space, String name) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      PlainCredential gone =
          transactions.write(() -> {
            PlainCredential old = credential(tenant, space, name);
            journalCredential(Kind.PLAIN_CREDENTIAL_DELETED, old);
            store.deleteCredential(tenant, name);
            record(actor, "plain-credential.delete", old, Map.of());
            return old;
          });
      live.closePlainCredential(tenant, name);
      tell(listener -> listener.credentialDeleted(gone));
    }
  }

  @Override
  public Bridge createBridge(Principal actor, TenantId tenant, String space, Bridge.Plan plan) {
    String author = requireAuthor(actor, tenant, plan);
    Bridge made =
        transactions.write(() -> {
          requireRoom(store.countBridges(tenant), BRIDGES_PER_TENANT_MAX, "100 bridges");
          PlainSpace home = space(tenant, space);
          Bridge bridge =
              store.insertBridge(
                  new Bridge(
                      tenant,
                      0,
                      space,
                      home.number(),
                      plan,
                      author,
                      Optional.empty(),
                      clock.instant(),
                      1));
          requireRunnable(bridge);
          record(actor, "bridge.create", bridge, details(bridge));
          return bridge;
        });
    tell(PlainSpaceListener::bridgesChanged);
    return made;
  }

  /**
   * A bridge runs with its author's rights, so the author is one whose rights can be read again.
   */
  private String requireAuthor(Principal actor, TenantId tenant, Bridge.Plan plan) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    policy.require(actor, BridgeRights.needed(plan.direction()), plan.device());
    if (!plan.device().tenant().equals(tenant)) {
      throw Problem.notFound("the device");
    }
    if (!(actor instanceof Principal.Application application)) {
      throw Problem.invalid("a bridge's author is an API key");
    }
    return application.apiKey();
  }

  private void requireRunnable(Bridge bridge) {
    if (rights.of(bridge) instanceof BridgeRights.Standing.Lost lost) {
      throw Problem.invalid("the bridge would not run: " + lost.reason());
    }
  }

  private static Map<String, String> details(Bridge bridge) {
    Bridge.Plan plan = bridge.plan();
    return Map.of(
        "direction", plan.direction().name(),
        "topic", plan.topic(),
        "device", plan.device().toString(),
        "event", plan.event(),
        "author", "key:" + bridge.author());
  }

  @Override
  public Bridge getBridge(Principal actor, TenantId tenant, String space, String name) {
    policy.require(actor, Permission.SPACE_READ, tenant);
    return bridge(tenant, space, name);
  }

  private Bridge bridge(TenantId tenant, String space, String name) {
    return store.findBridge(tenant, space, name).orElseThrow(() -> Problem.notFound("the bridge"));
  }

  @Override
  public Page<Bridge> listBridges(
      Principal actor, TenantId tenant, String space, PageRequest page) {
    policy.require(actor, Permission.SPACE_READ, tenant);
    space(tenant, space);
    return store.listBridges(tenant, space, page);
  }

  @Override
  public Bridge startBridge(Principal actor, TenantId tenant, String space, String name) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    String author = requireAuthor(actor, tenant, bridge(tenant, space, name).plan());
    Bridge started =
        transactions.write(() -> {
          Bridge updated = store.updateBridge(bridge(tenant, space, name).withAuthor(author));
          requireRunnable(updated);
          record(actor, "bridge.start", updated, details(updated));
          return updated;
        });
    tell(PlainSpaceListener::bridgesChanged);
    return started;
  }

  @Override
  public Bridge stopBridge(Principal actor, TenantId tenant, String space, String name) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    return stop(bridge(tenant, space, name), actor.auditName(), "stopped by an administrator");
  }

  /** For those who run bridges: the author has lost what it needs, or the device is gone. */
  public void stopBridge(Bridge bridge, String reason) {
    stop(bridge, "system", reason);
  }

  private Bridge stop(Bridge bridge, String actor, String reason) {
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      Bridge stopped =
          transactions.write(() -> {
            journal.record(
                Kind.BRIDGE_STOPPED,
                bridge.tenant().value(),
                bridge.space(),
                bridge.plan().name(),
                Long.toString(bridge.number()));
            Bridge updated = store.updateBridge(bridge.withStopped(reason));
            record(actor, "bridge.stop", bridge, Map.of("reason", reason));
            return updated;
          });
      tell(PlainSpaceListener::bridgesChanged);
      return stopped;
    }
  }

  @Override
  public void deleteBridge(Principal actor, TenantId tenant, String space, String name) {
    policy.require(actor, Permission.SPACE_MANAGE, tenant);
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      transactions.run(() -> {
        Bridge old = bridge(tenant, space, name);
        journal.record(
            Kind.BRIDGE_STOPPED, tenant.value(), space, name, Long.toString(old.number()));
        store.deleteBridge(tenant, space, name);
        record(actor, "bridge.delete", old, Map.of());
      });
      tell(PlainSpaceListener::bridgesChanged);
    }
  }

  private void journalCredential(Kind kind, PlainCredential credential) {
    journal.record(
        kind, credential.tenant().value(), credential.name(), Long.toString(credential.number()));
  }

  private void record(
      Principal actor, String action, PlainSpace space, Map<String, String> details) {
    audit.record(
        AuditEntry.done(
            space.tenant(), actor.auditName(), action, "space:" + space.name(), details));
  }

  private void record(
      Principal actor, String action, PlainCredential credential, Map<String, String> details) {
    audit.record(
        AuditEntry.done(
            credential.tenant(),
            actor.auditName(),
            action,
            "plain:" + credential.space() + "/" + credential.name(),
            details));
  }

  private void record(Principal actor, String action, Bridge bridge, Map<String, String> details) {
    record(actor.auditName(), action, bridge, details);
  }

  private void record(String actor, String action, Bridge bridge, Map<String, String> details) {
    audit.record(
        AuditEntry.done(
            bridge.tenant(),
            actor,
            action,
            "bridge:" + bridge.space() + "/" + bridge.plan().name(),
            details));
  }

  /** The change holds; a listener that fails must not keep the others from theirs. */
  private void tell(Consumer<PlainSpaceListener> message) {
    for (PlainSpaceListener listener : listeners) {
      try {
        message.accept(listener);
      } catch (ProblemException e) {
        LOG.error("A change of a plain space did not reach what is open", e);
      }
    }
  }
}
