package io.sallyport.platform.device;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.TypeId;
import java.util.Optional;

/**
 * Which devices, in which order.
 *
 * @param type only this type
 * @param gateway only those behind this gateway
 * @param sort member to sort by
 */
public record DeviceQuery(
    Optional<TypeId> type, Optional<DeviceKey> gateway, Sort sort, boolean descending) {
  /** What a list of devices can be sorted by; ties are broken by type and id. */
  public enum Sort {
    KEY,
    DEVICE_ID,
    REGISTERED
  }

  public static final DeviceQuery ALL =
      new DeviceQuery(Optional.empty(), Optional.empty(), Sort.KEY, false);

  public static DeviceQuery ofType(TypeId type) {
    return new DeviceQuery(Optional.of(type), Optional.empty(), Sort.KEY, false);
  }
}
