package io.sallyport.platform.device;

import io.sallyport.platform.base.DeviceKey;
import java.time.Instant;
import java.util.Optional;

/**
 * A registered thing.
 *
 * @param number internal number, never reused (THREATS T15)
 * @param gateway the gateway behind which it sits, if any
 * @param metadata a JSON object as text, or empty
 * @param registeredBy audit name of who registered it
 * @param enabled a disabled device can't log in
 * @param version raised at every change that ends its connections
 */
public record Device(
    DeviceKey key,
    long number,
    DeviceClass deviceClass,
    Optional<DeviceKey> gateway,
    DeviceInfo info,
    Optional<String> metadata,
    boolean enabled,
    boolean alertEnabled,
    String registeredBy,
    Instant registered,
    Instant updated,
    long version) {

  Device changed(DeviceInfo newInfo, Optional<String> newMetadata, boolean newAlert, Instant now) {
    return new Device(
        key,
        number,
        deviceClass,
        gateway,
        newInfo,
        newMetadata,
        enabled,
        newAlert,
        registeredBy,
        registered,
        now,
        version);
  }

  Device withEnabled(boolean newEnabled, Instant now) {
    return new Device(
        key,
        number,
        deviceClass,
        gateway,
        info,
        metadata,
        newEnabled,
        alertEnabled,
        registeredBy,
        registered,
        now,
        version);
  }
}
