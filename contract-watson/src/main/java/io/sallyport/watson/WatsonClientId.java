package io.sallyport.watson;

import io.sallyport.platform.base.DeviceId;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import java.util.Optional;

/**
 * A client id of the contract (watson-iot.md section 3). It is a claim of the client; only a
 * verified credential makes it an identity.
 */
public sealed interface WatsonClientId {
  /** The organization it names. */
  TenantId tenant();

  /** {@code d:<org>:<typeId>:<deviceId>}. */
  record OfDevice(DeviceKey key) implements WatsonClientId {
    @Override
    public TenantId tenant() {
      return key.tenant();
    }
  }

  /** {@code g:<org>:<typeId>:<deviceId>}. */
  record OfGateway(DeviceKey key) implements WatsonClientId {
    @Override
    public TenantId tenant() {
      return key.tenant();
    }
  }

  /** {@code a:<org>:<appId>}. */
  record OfApplication(TenantId tenant, String appId) implements WatsonClientId {}

  /** {@code A:<org>:<appId>[:<instanceId>]}: several live connections share one subscription. */
  record OfSharedApplication(TenantId tenant, String appId, Optional<String> instanceId)
      implements WatsonClientId {}

  /** Empty if the text has none of the forms or breaks the character rules. */
  static Optional<WatsonClientId> parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length < 3 || parts.length > 4 || !TenantId.isValid(parts[1])) {
      return Optional.empty();
    }
    for (int i = 2; i < parts.length; i++) {
      if (!WatsonNames.isValid(parts[i])) {
        return Optional.empty();
      }
    }
    TenantId tenant = new TenantId(parts[1]);
    return switch (parts[0]) {
      case "d" -> device(tenant, parts).map(OfDevice::new);
      case "g" -> device(tenant, parts).map(OfGateway::new);
      case "a" ->
          parts.length == 3
              ? Optional.of(new OfApplication(tenant, parts[2]))
              : Optional.<WatsonClientId>empty();
      case "A" ->
          Optional.of(
              new OfSharedApplication(
                  tenant,
                  parts[2],
                  parts.length == 4 ? Optional.of(parts[3]) : Optional.<String>empty()));
      default -> Optional.empty();
    };
  }

  private static Optional<DeviceKey> device(TenantId tenant, String[] parts) {
    return parts.length == 4
        ? Optional.of(new DeviceKey(tenant, new TypeId(parts[2]), new DeviceId(parts[3])))
        : Optional.empty();
  }

  /** The full client id of a device: {@code d:} or {@code g:}, other ids percent-encoded. */
  static String of(DeviceKey key, boolean gateway) {
    return (gateway ? "g:" : "d:")
        + key.tenant()
        + ":"
        + key.type()
        + ":"
        + WatsonNames.encode(key.id());
  }
}
