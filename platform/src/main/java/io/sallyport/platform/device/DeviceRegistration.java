package io.sallyport.platform.device;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Secret;
import java.util.Optional;

/**
 * What is needed to register a device.
 *
 * @param token a chosen token, or empty to make one
 */
public record DeviceRegistration(
    DeviceKey key,
    Optional<DeviceKey> gateway,
    DeviceInfo info,
    Optional<String> metadata,
    Optional<Secret> token) {
  public static DeviceRegistration of(DeviceKey key) {
    return new DeviceRegistration(
        key, Optional.empty(), DeviceInfo.NONE, Optional.empty(), Optional.empty());
  }
}
