package io.sallyport.platform.device;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Secret;
import java.util.Optional;

/**
 * What is needed to register a device.
 *
 * @param token a chosen token, or empty to make one
 * @param randomToken whether the given token was made at random by a machine with at least 100
 *     bits, so that it needs no slow hash (THREATS T44); shorter than {@link
 *     io.sallyport.platform.identity.TokenRules#RANDOM_CHARS_MIN} is refused
 */
public record DeviceRegistration(
    DeviceKey key,
    Optional<DeviceKey> gateway,
    DeviceInfo info,
    Optional<String> metadata,
    Optional<Secret> token,
    boolean randomToken) {
  /** With a token that a person chose, or none. */
  public DeviceRegistration(
      DeviceKey key,
      Optional<DeviceKey> gateway,
      DeviceInfo info,
      Optional<String> metadata,
      Optional<Secret> token) {
    this(key, gateway, info, metadata, token, false);
  }

  public static DeviceRegistration of(DeviceKey key) {
    return new DeviceRegistration(
        key, Optional.empty(), DeviceInfo.NONE, Optional.empty(), Optional.empty());
  }
}
