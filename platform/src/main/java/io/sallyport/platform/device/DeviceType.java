package io.sallyport.platform.device;

import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.base.TypeId;
import java.time.Instant;
import java.util.Optional;

/**
 * A kind of device.
 *
 * @param metadata a JSON object as text, or empty
 */
public record DeviceType(
    TenantId tenant,
    TypeId id,
    DeviceClass deviceClass,
    String description,
    DeviceInfo info,
    Optional<String> metadata,
    Instant created,
    Instant updated) {}
