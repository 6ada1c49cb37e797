package io.sallyport.platform.device;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.JournalPosition;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationJournal.Entry;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.HashKeyRing;
import io.sallyport.platform.identity.OperatorKeyStore;
import io.sallyport.platform.identity.SecretHasher;
import io.sallyport.platform.identity.TokenGenerator;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantKeys;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes away again, after a restore, what was taken away since the backup (THREATS T05). Only
 * takes: what was enabled since the backup stays as the backup has it. Runs before any listener
 * opens, so it ends no connections.
 */
public final class RevocationReplay {
  /** A revocation may be recorded so much before its commit, or by a clock that far behind. */
  static final Duration MARGIN = Duration.ofMinutes(10);

  private final RevocationJournal journal;
  private final Transactions transactions;
  private final TenantStore tenants;
  private final TenantKeys keys;
  private final ApiKeyStore apiKeys;
  private final OperatorKeyStore operatorKeys;
  private final DeviceStore devices;
  private final SecretHasher hasher;
  private final HashKeyRing hashKeys;
  private final TokenGenerator generator;
  private final AuditLog audit;
  private final Clock clock;
  private final Elsewhere elsewhere;

  /**
   * Replays what concerns packages that stand behind this one: the kinds {@code PLAIN_…}, {@code
   * BRIDGE_…}.
   */
  public interface Elsewhere {
    /** Whether the entry changed something. */
    boolean apply(Entry entry);
  }

  public RevocationReplay(
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
      Elsewhere elsewhere) {
    this.journal = journal;
    this.transactions = transactions;
    this.tenants = tenants;
    this.keys = keys;
    this.apiKeys = apiKeys;
    this.operatorKeys = operatorKeys;
    this.devices = devices;
    this.hasher = hasher;
    this.hashKeys = hashKeys;
    this.generator = generator;
    this.audit = audit;
    this.clock = clock;
    this.elsewhere = elsewhere;
  }

  /**
   * Applies what was recorded since the backup was begun, in one audited transaction. What the
   * backup holds already is not changed again; nor is a namesake of what was deleted.
   *
   * @param from where the journal was; empty for backups that do not say. If it is of another
   *     journal, the time counts
   * @return how many entries changed something
   */
  public int replay(Optional<JournalPosition> from, Instant backupBegun) {
    return replay(
        from.flatMap(journal::since).orElseGet(() -> journal.since(backupBegun.minus(MARGIN))),
        backupBegun);
  }

  private int replay(List<Entry> entries, Instant backupBegun) {
    Map<List<String>, Entry> effective = effective(entries);
    effective.values().stream()
        .filter(entry -> entry.kind() == RevocationJournal.Kind.TENANT_DELETED)
        .forEach(entry -> keys.shred(Integer.parseInt(entry.ids().get(1))));
    return transactions.write(() -> {
      int applied = (int) effective.values().stream().filter(this::apply).count();
      audit.record(
          AuditEntry.installation(
              "system",
              "restore.revocations",
              "registry",
              Map.of("since", backupBegun.toString(), "applied", Integer.toString(applied))));
      return applied;
    });
  }

  /** Of what was switched off and on again, only the last state counts. */
  private static Map<List<String>, Entry> effective(List<Entry> entries) {
    Map<List<String>, Entry> effective = new LinkedHashMap<>();
    for (Entry entry : entries) {
      List<String> subject = List.of(slot(entry.kind()), String.join("\t", entry.ids()));
      effective.remove(subject);
      effective.put(subject, entry);
    }
    return effective;
  }

  private static String slot(RevocationJournal.Kind kind) {
    return switch (kind) {
      case TENANT_SUSPENDED, TENANT_RESUMED -> "tenant status";
      case DEVICE_DISABLED, DEVICE_ENABLED -> "device status";
      case API_KEY_DISABLED, API_KEY_ENABLED -> "key status";
      case PLAIN_CREDENTIAL_DISABLED, PLAIN_CREDENTIAL_ENABLED -> "plain credential status";
      case TENANT_DELETED,
          DEVICE_TOKEN_REPLACED,
          DEVICE_DELETED,
          API_KEY_ROLES_CHANGED,
          API_KEY_DELETED,
          OPERATOR_KEY_DELETED,
          PLAIN_SPACE_DELETED,
          PLAIN_CREDENTIAL_CHANGED,
          PLAIN_CREDENTIAL_DELETED,
          BRIDGE_STOPPED,
          HASH_KEY_RETIRED ->
          kind.name();
    };
  }

  private boolean apply(Entry entry) {
    List<String> ids = entry.ids();
    return switch (entry.kind()) {
      case TENANT_SUSPENDED -> tenant(ids).map(this::suspend).orElse(false);
      // One that the backup does not know was made after it: its id stays taken (THREATS T15).
      case TENANT_DELETED ->
          tenant(ids)
              .map(this::delete)
              .orElseGet(() -> tenants.retire(new TenantId(ids.get(0)), clock.instant()));
      case DEVICE_DISABLED -> device(ids).map(this::disable).orElse(false);
      case DEVICE_TOKEN_REPLACED ->
          device(ids)
              .filter(it -> isOfThatVersion(devices.findCredential(it.number()), ids))
              .map(this::spoilToken)
              .orElse(false);
      case DEVICE_DELETED -> device(ids).map(it -> devices.delete(it.key())).orElse(false);
      // The roles of the backup may be more than the later ones: the key waits for a person.
      case API_KEY_ROLES_CHANGED ->
          apiKey(ids)
              .filter(key -> ids.size() < 4 || key.version() <= Long.parseLong(ids.get(3)))
              .filter(ApiKey::enabled)
              .map(this::disable)
              .orElse(false);
      case API_KEY_DISABLED -> apiKey(ids).filter(ApiKey::enabled).map(this::disable).orElse(false);
      case API_KEY_DELETED ->
          apiKey(ids).map(it -> apiKeys.delete(it.tenant(), it.key())).orElse(false);
      case OPERATOR_KEY_DELETED -> operatorKeys.delete(ids.get(0));
      case HASH_KEY_RETIRED -> hashKeys.retireAgain(Integer.parseInt(ids.get(0)));
      case TENANT_RESUMED, DEVICE_ENABLED, API_KEY_ENABLED -> false;
      case PLAIN_SPACE_DELETED,
          PLAIN_CREDENTIAL_DISABLED,
          PLAIN_CREDENTIAL_ENABLED,
          PLAIN_CREDENTIAL_CHANGED,
          PLAIN_CREDENTIAL_DELETED,
          BRIDGE_STOPPED ->
          elsewhere.apply(entry);
    };
  }

  private Optional<Tenant> tenant(List<String> ids) {
    return tenants
        .find(new TenantId(ids.get(0)))
        .filter(tenant -> tenant.number() == Integer.parseInt(ids.get(1)));
  }

  private boolean suspend(Tenant tenant) {
    tenants.update(
        tenant.id(), tenant.name(), TenantStatus.SUSPENDED, tenant.settings(), clock.instant());
    return true;
  }

  private boolean delete(Tenant tenant) {
    tenants.delete(tenant.id(), clock.instant());
    return true;
  }

  private Optional<Device> device(List<String> ids) {
    return devices
        .find(DeviceKey.of(ids.get(0), ids.get(1), ids.get(2)))
        .filter(device -> device.number() == Long.parseLong(ids.get(3)));
  }

  private boolean disable(Device device) {
    devices.update(device.withEnabled(false, clock.instant()), true);
    return true;
  }

  /** Whether the backup still has what was replaced; earlier journals do not name a version. */
  private static boolean isOfThatVersion(Optional<DeviceCredential> stored, List<String> ids) {
    return ids.size() < 5
        || stored.filter(it -> it.version() <= Long.parseLong(ids.get(4))).isPresent();
  }

  /** The token of the backup is the one that was replaced: nobody may know its successor. */
  private boolean spoilToken(Device device) {
    devices.putCredential(
        new DeviceCredential(
            device.number(), hasher.hashGenerated(generator.token()), clock.instant(), 1));
    return true;
  }

  private Optional<ApiKey> apiKey(List<String> ids) {
    return apiKeys
        .find(ids.get(1))
        .filter(key -> key.tenant().value().equals(ids.get(0)))
        // Earlier journals do not say which of its name it was.
        .filter(
            key -> ids.size() < 3 || key.created().toEpochMilli() == Long.parseLong(ids.get(2)));
  }

  private boolean disable(ApiKey key) {
    apiKeys.update(key.withEnabled(false));
    return true;
  }
}
