package io.sallyport.platform.device;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.Transactions;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialCheck;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.LoginAudit;
import io.sallyport.platform.identity.LoginAudit.Reason;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.identity.SecretHash;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.platform.tenant.TenantStore;
import java.util.Optional;

/** Logs in the registry's devices by token, behind throttle and audit. */
public final class ThrottledDeviceAuthenticator implements DeviceAuthenticator {
  private static final CredentialVersions GONE = new CredentialVersions(-1, -1, -1);

  private final TenantStore tenants;
  private final DeviceStore devices;
  private final Transactions transactions;
  private final CredentialCheck check;
  private final LoginAudit audit;

  public ThrottledDeviceAuthenticator(
      TenantStore tenants,
      DeviceStore devices,
      Transactions transactions,
      CredentialCheck check,
      LoginAudit audit) {
    this.tenants = tenants;
    this.devices = devices;
    this.transactions = transactions;
    this.check = check;
    this.audit = audit;
  }

  /** What the registry holds of the device that a client claims to be, as of before the check. */
  private record Claimed(Tenant tenant, DeviceAccess device, DeviceCredential credential) {
    Claimed(Tenant tenant, DeviceAccess device) {
      this(tenant, device, device.credential());
    }

    CredentialVersions versions() {
      return new CredentialVersions(tenant.version(), device.version(), credential.version());
    }
  }

  @Override
  public Authentication authenticateByToken(
      DeviceKey key, boolean gateway, Secret token, LoginSource source) {
    Optional<Tenant> tenant = tenants.find(key.tenant());
    Optional<Claimed> claimed =
        tenant.flatMap(owner -> devices.findAccess(key).map(device -> new Claimed(owner, device)));
    Optional<Reason> hindrance = hindrance(claimed, gateway, source);
    CredentialCheck.Claim claim =
        new CredentialCheck.Claim(
            "device:" + key,
            hindrance.isPresent()
                ? Optional.empty()
                : claimed.map(found -> found.credential().token()),
            token,
            tenant.map(Tenant::id),
            source,
            false);
    CredentialCheck.Result result = check.check(claim);
    if (claimed.isPresent() && hindrance.isEmpty()) {
      switch (result) {
        case MATCHES -> {
          return granted(key, claimed.get(), source);
        }
        case MATCHES_REHASH_DUE -> {
          return granted(key, rehash(claimed.get(), claim), source);
        }
        case WRONG, THROTTLED, BUSY -> {}
      }
    }
    String subject = (gateway ? "gateway:" : "device:") + key.type() + "/" + key.id();
    return audit.refused(tenant.map(Tenant::id), subject, reason(result, hindrance), source);
  }

  private static Optional<Reason> hindrance(
      Optional<Claimed> claimed, boolean gateway, LoginSource source) {
    if (claimed.isEmpty()) {
      return Optional.of(Reason.UNKNOWN);
    }
    Tenant tenant = claimed.get().tenant();
    DeviceAccess device = claimed.get().device();
    if (tenant.status() != TenantStatus.ACTIVE) {
      return Optional.of(Reason.TENANT_SUSPENDED);
    }
    if (!device.enabled()) {
      return Optional.of(Reason.DISABLED);
    }
    if (gateway != (device.deviceClass() == DeviceClass.GATEWAY)) {
      return Optional.of(Reason.WRONG_CLASS);
    }
    return source.secure() || tenant.settings().plainTransportAllowed()
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

  private Authentication granted(DeviceKey key, Claimed claimed, LoginSource source) {
    Principal principal = principal(key, claimed.tenant(), claimed.device());
    audit.succeeded(principal, source);
    return new Authentication.Granted(principal, claimed.versions());
  }

  private static Principal.Device principal(DeviceKey key, Tenant tenant, DeviceAccess device) {
    return new Principal.Device(
        key, tenant.number(), device.number(), device.deviceClass() == DeviceClass.GATEWAY);
  }

  @Override
  public Optional<Principal.Device> standing(DeviceKey key) {
    return tenants
        .find(key.tenant())
        .filter(tenant -> tenant.status() == TenantStatus.ACTIVE)
        .flatMap(tenant ->
            devices
                .findAccess(key)
                .filter(DeviceAccess::enabled)
                .map(device -> principal(key, tenant, device)));
  }

  /** THREATS T06: a success under an old key is hashed anew, unless the token changed meanwhile. */
  private Claimed rehash(Claimed claimed, CredentialCheck.Claim claim) {
    DeviceCredential current =
        check
            .rehash(claim)
            .map(fresh -> transactions.write(() -> replaceHash(claimed.credential(), fresh)))
            .orElse(claimed.credential());
    return new Claimed(claimed.tenant(), claimed.device(), current);
  }

  private DeviceCredential replaceHash(DeviceCredential known, SecretHash fresh) {
    return devices
        .findCredential(known.deviceNumber())
        .filter(row -> row.version() == known.version())
        .map(row ->
            devices.putCredential(
                new DeviceCredential(row.deviceNumber(), fresh, row.created(), row.version())))
        .orElse(known);
  }

  @Override
  public CredentialVersions currentVersions(Principal.Device device) {
    return tenants
        .find(device.tenant())
        .flatMap(tenant ->
            devices
                .findAccess(device.key())
                // One that was registered anew under the same name is another one (THREATS T15).
                .filter(found -> found.number() == device.deviceNumber())
                .map(found -> new Claimed(tenant, found)))
        .map(Claimed::versions)
        .orElse(GONE);
  }
}
