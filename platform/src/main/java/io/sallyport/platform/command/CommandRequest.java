package io.sallyport.platform.command;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Payload;
import java.time.Duration;
import java.util.Optional;

/**
 * What is asked.
 *
 * @param patience how long it may wait for the device; empty: the contract's rule (a Watson command
 *     waits 48 h for a device with a persistent session, else ends at once)
 */
public record CommandRequest(
    DeviceKey device,
    String name,
    String format,
    Payload payload,
    int qos,
    Optional<Duration> patience) {}
