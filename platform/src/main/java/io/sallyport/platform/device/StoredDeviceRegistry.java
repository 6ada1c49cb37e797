package io.sallyport.platform.device;

import io.sallyport.platform.audit.AuditEntry;
import io.sallyport.platform.audit.AuditLog;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.RevocationJournal;
import io.sallyport.platform.base.RevocationsUnderway;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.HashLane;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.SecretHash;
import io.sallyport.platform.identity.SecretHasher;
import io.sallyport.platform.identity.TokenGenerator;
import io.sallyport.platform.identity.TokenRules;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The device registry over the stores: each change commits with its audit record; connections of
 * whom it concerns end after the commit. Not to be called inside a transaction.
 */
public final class StoredDeviceRegistry implements DeviceRegistry {
  private static final int TYPES_PER_TENANT_MAX = 10_000;

  private final DeviceTypeStore types;
  private final DeviceStore devices;
  private final Transactions transactions;
  private final AccessPolicy policy;
  private final AuditLog audit;
  private final RevocationJournal journal;
  private final RevocationsUnderway underway;
  private final SecretHasher hasher;
  private final TokenGenerator generator;
  private final DeviceRevocations revocations;
  private final Clock clock;

  public StoredDeviceRegistry(
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
    this.types = types;
    this.devices = devices;
    this.transactions = transactions;
    this.policy = policy;
    this.audit = audit;
    this.journal = journal;
    this.underway = underway;
    this.hasher = hasher;
    this.generator = generator;
    this.revocations = revocations;
    this.clock = clock;
  }

  @Override
  public DeviceType createType(
      Principal actor,
      TenantId tenant,
      TypeId id,
      DeviceClass deviceClass,
      String description,
      DeviceInfo info,
      Optional<String> metadata) {
    policy.require(actor, Permission.DEVICE_MANAGE, tenant);
    DeviceText.require("the description", description);
    DeviceText.require(info);
    DeviceText.requireMetadata(metadata);
    Instant now = clock.instant();
    DeviceType type =
        new DeviceType(tenant, id, deviceClass, description, info, metadata, now, now);
    transactions.run(() -> {
      if (types.count(tenant) >= TYPES_PER_TENANT_MAX) {
        throw new Problem(Problem.Code.LIMIT_REACHED, "a tenant has at most 10,000 device types")
            .asException();
      }
      types.insert(type);
      record(actor, tenant, "type.create", id.value(), Map.of("class", deviceClass.name()));
    });
    return type;
  }

  @Override
  public DeviceType getType(Principal actor, TenantId tenant, TypeId id) {
    policy.require(actor, Permission.DEVICE_READ, tenant);
    return findType(tenant, id);
  }

  private DeviceType findType(TenantId tenant, TypeId id) {
    return types.find(tenant, id).orElseThrow(() -> Problem.notFound("the device type"));
  }

  @Override
  public Page<DeviceType> listTypes(
      Principal actor, TenantId tenant, boolean descending, PageRequest page) {
    policy.require(actor, Permission.DEVICE_READ, tenant);
    return types.list(tenant, descending, page);
  }

  @Override
  public long countTypes(Principal actor, TenantId tenant) {
    policy.require(actor, Permission.DEVICE_READ, tenant);
    return types.count(tenant);
  }

  @Override
  public DeviceType updateType(
      Principal actor,
      TenantId tenant,
      TypeId id,
      Optional<String> description,
      DeviceInfo info,
      Optional<String> metadata) {
    policy.require(actor, Permission.DEVICE_MANAGE, tenant);
    description.ifPresent(text -> DeviceText.require("the description", text));
    DeviceText.require(info);
    DeviceText.requireMetadata(metadata);
    return transactions.write(() -> {
      DeviceType old = findType(tenant, id);
      DeviceType changed =
          types.update(
              new DeviceType(
                  tenant,
                  id,
                  old.deviceClass(),
                  description.orElse(old.description()),
                  old.info().with(info),
                  metadata.or(old::metadata),
                  old.created(),
                  clock.instant()));
      record(actor, tenant, "type.update", id.value(), Map.of());
      return changed;
    });
  }

  @Override
  public void deleteType(Principal actor, TenantId tenant, TypeId id) {
    policy.require(actor, Permission.DEVICE_MANAGE, tenant);
    transactions.run(() -> {
      if (!types.delete(tenant, id)) {
        throw Problem.notFound("the device type");
      }
      record(actor, tenant, "type.delete", id.value(), Map.of());
    });
  }

  @Override
  public RegisteredDevice register(Principal actor, DeviceRegistration registration) {
    DeviceKey key = registration.key();
    policy.require(actor, Permission.DEVICE_MANAGE, key.tenant());
    DeviceText.require(registration.info());
    DeviceText.requireMetadata(registration.metadata());
    NewToken token = newToken(key.tenant(), registration.token(), registration.randomToken());
    Device device =
        transactions.write(() -> {
          DeviceType type = findType(key.tenant(), key.type());
          registration.gateway().ifPresent(gateway -> requireGateway(key, gateway));
          Device stored = devices.insert(newDevice(actor, registration, type));
          putToken(stored, token);
          record(
              actor,
              key.tenant(),
              "device.create",
              target(key),
              Map.of("class", stored.deviceClass().name(), "token", token.origin()));
          return stored;
        });
    return new RegisteredDevice(device, token.secret());
  }

  private Device newDevice(Principal actor, DeviceRegistration registration, DeviceType type) {
    Instant now = clock.instant();
    return new Device(
        registration.key(),
        0,
        type.deviceClass(),
        registration.gateway(),
        type.info().with(registration.info()),
        registration.metadata().or(type::metadata),
        true,
        false,
        actor.auditName(),
        now,
        now,
        1);
  }

  private void requireGateway(DeviceKey device, DeviceKey gateway) {
    boolean fits =
        gateway.tenant().equals(device.tenant())
            && devices
                .find(gateway)
                .filter(found -> found.deviceClass() == DeviceClass.GATEWAY)
                .isPresent();
    if (!fits) {
      throw Problem.invalid("the gateway is not a registered gateway");
    }
  }

  /** A token on its way into the store: the secret to show once, and its hash. */
  private record NewToken(Secret secret, SecretHash hash, String origin) {}

  private NewToken newToken(TenantId tenant, Optional<Secret> chosen, boolean random) {
    if (chosen.isEmpty()) {
      Secret secret = generator.token();
      return new NewToken(secret, hasher.hashGenerated(secret), "generated");
    }
    TokenRules.require(chosen.get());
    if (random) {
      TokenRules.requireRandom(chosen.get());
      return new NewToken(chosen.get(), hasher.hashGenerated(chosen.get()), "imported");
    }
    SecretHash hash = hasher.hashChosen(HashLane.registry(Optional.of(tenant)), chosen.get());
    return new NewToken(chosen.get(), hash, "chosen");
  }

  private void putToken(Device device, NewToken token) {
    devices.putCredential(new DeviceCredential(device.number(), token.hash(), clock.instant(), 1));
  }

  @Override
  public Device get(Principal actor, DeviceKey key) {
    policy.require(actor, Permission.DEVICE_READ, key);
    return find(key);
  }

  private Device find(DeviceKey key) {
    return devices.find(key).orElseThrow(() -> Problem.notFound("the device"));
  }

  @Override
  public Page<Device> list(Principal actor, TenantId tenant, DeviceQuery query, PageRequest page) {
    policy.require(actor, Permission.DEVICE_READ, tenant);
    return devices.list(tenant, query, page);
  }

  @Override
  public long count(Principal actor, TenantId tenant, DeviceQuery query) {
    policy.require(actor, Permission.DEVICE_READ, tenant);
    return devices.count(tenant, query);
  }

  @Override
  public Device update(
      Principal actor,
      DeviceKey key,
      DeviceInfo info,
      Optional<String> metadata,
      Optional<Boolean> alertEnabled) {
    policy.require(actor, Permission.DEVICE_MANAGE, key);
    DeviceText.require(info);
    DeviceText.requireMetadata(metadata);
    return transactions.write(() -> {
      Device old = find(key);
      Device changed =
          devices.update(
              old.changed(
                  old.info().with(info),
                  metadata.or(old::metadata),
                  alertEnabled.orElse(old.alertEnabled()),
                  clock.instant()),
              false);
      record(actor, key.tenant(), "device.update", target(key), Map.of());
      return changed;
    });
  }

  @Override
  public Device setEnabled(Principal actor, DeviceKey key, boolean enabled) {
    policy.require(actor, Permission.DEVICE_MANAGE, key);
    try (RevocationsUnderway.Passage _ = underway.begin("device " + key)) {
      Device changed =
          transactions.write(() -> {
            Device old = find(key);
            if (!enabled) {
              journal(RevocationJournal.Kind.DEVICE_DISABLED, old);
              revocations.revoking(old, DeviceRevocationListener.Cause.DISABLED);
            }
            Device updated = devices.update(old.withEnabled(enabled, clock.instant()), true);
            String action = enabled ? "device.enable" : "device.disable";
            record(actor, key.tenant(), action, target(key), Map.of());
            return updated;
          });
      if (enabled) {
        journal(RevocationJournal.Kind.DEVICE_ENABLED, changed);
      } else {
        revocations.revoked(changed, DeviceRevocationListener.Cause.DISABLED);
      }
      return changed;
    }
  }

  @Override
  public RegisteredDevice replaceToken(Principal actor, DeviceKey key, Optional<Secret> token) {
    policy.require(actor, Permission.DEVICE_CREDENTIAL, key);
    NewToken fresh = newToken(key.tenant(), token, false);
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      Device device =
          transactions.write(() -> {
            Device found = find(key);
            journalTokenReplaced(found);
            revocations.revoking(found, DeviceRevocationListener.Cause.TOKEN_REPLACED);
            putToken(found, fresh);
            record(
                actor, key.tenant(), "device.token", target(key), Map.of("token", fresh.origin()));
            return found;
          });
      revocations.revoked(device, DeviceRevocationListener.Cause.TOKEN_REPLACED);
      return new RegisteredDevice(device, fresh.secret());
    }
  }

  @Override
  public void delete(Principal actor, DeviceKey key) {
    policy.require(actor, Permission.DEVICE_MANAGE, key);
    try (RevocationsUnderway.Passage _ = underway.begin()) {
      Device device =
          transactions.write(() -> {
            Device found = find(key);
            journal(RevocationJournal.Kind.DEVICE_DELETED, found);
            revocations.revoking(found, DeviceRevocationListener.Cause.DELETED);
            devices.delete(key);
            record(actor, key.tenant(), "device.delete", target(key), Map.of());
            return found;
          });
      revocations.revoked(device, DeviceRevocationListener.Cause.DELETED);
    }
  }

  private void journalTokenReplaced(Device device) {
    DeviceKey key = device.key();
    long version =
        devices.findCredential(device.number()).map(DeviceCredential::version).orElse(0L);
    journal.record(
        RevocationJournal.Kind.DEVICE_TOKEN_REPLACED,
        key.tenant().value(),
        key.type().value(),
        key.id().value(),
        Long.toString(device.number()),
        Long.toString(version));
  }

  private void journal(RevocationJournal.Kind kind, Device device) {
    DeviceKey key = device.key();
    journal.record(
        kind,
        key.tenant().value(),
        key.type().value(),
        key.id().value(),
        Long.toString(device.number()));
  }

  private static String target(DeviceKey key) {
    return key.type() + "/" + key.id();
  }

  private void record(
      Principal actor, TenantId tenant, String action, String target, Map<String, String> details) {
    audit.record(AuditEntry.done(tenant, actor.auditName(), action, target, details));
  }
}
