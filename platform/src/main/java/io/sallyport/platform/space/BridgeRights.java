package io.sallyport.platform.space;

import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.identity.ApiKey;
import io.sallyport.platform.identity.ApiKeyStore;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Role;
import io.sallyport.platform.tenant.Tenant;
import io.sallyport.platform.tenant.TenantStatus;
import io.sallyport.platform.tenant.TenantStore;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a bridge may run now: by what its author holds at this moment, not by what it held when
 * it made the bridge (THREATS T37). Blocks. Thread-safe.
 */
public final class BridgeRights {
  private final TenantStore tenants;
  private final ApiKeyStore apiKeys;
  private final DeviceStore devices;

  public BridgeRights(TenantStore tenants, ApiKeyStore apiKeys, DeviceStore devices) {
    this.tenants = tenants;
    this.apiKeys = apiKeys;
    this.devices = devices;
  }

  /** How a bridge stands. */
  public sealed interface Standing {
    /** It may run, for this device. */
    record Runs(int tenantNumber, long deviceNumber) implements Standing {}

    /** Not now, but later perhaps without anybody's doing: tenant suspended, device disabled. */
    record Rests() implements Standing {}

    /** No more, until somebody with the rights starts it again. */
    record Lost(String reason) implements Standing {}
  }

  static Permission needed(Bridge.Direction direction) {
    return switch (direction) {
      case TO_EVENT -> Permission.EVENT_PUBLISH;
      case FROM_EVENT -> Permission.EVENT_READ;
    };
  }

  public Standing of(Bridge bridge) {
    Optional<Tenant> tenant = tenants.find(bridge.tenant());
    if (tenant.isEmpty()) {
      return new Standing.Lost("the tenant is gone");
    }
    Optional<ApiKey> author =
        apiKeys
            .find(bridge.author())
            .filter(key -> key.tenant().equals(bridge.tenant()) && key.enabled());
    if (author.isEmpty()) {
      return new Standing.Lost("its author's key is gone or disabled");
    }
    for (Permission permission :
        Set.of(Permission.SPACE_MANAGE, needed(bridge.plan().direction()))) {
      if (!holds(author.get(), permission)) {
        return new Standing.Lost("its author has no permission " + permission.text());
      }
    }
    Optional<Device> device = devices.find(bridge.plan().device());
    if (device.isEmpty()) {
      return new Standing.Lost("the device is gone");
    }
    return tenant.get().status() == TenantStatus.ACTIVE && device.get().enabled()
        ? new Standing.Runs(tenant.get().number(), device.get().number())
        : new Standing.Rests();
  }

  private static boolean holds(ApiKey key, Permission permission) {
    return key.roles().stream()
        .flatMap(role -> Role.find(role).stream())
        .anyMatch(role -> role.permissions().contains(permission));
  }
}
