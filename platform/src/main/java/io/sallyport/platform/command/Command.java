package io.sallyport.platform.command;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Payload;
import java.time.Instant;
import java.util.Optional;

/**
 * What a device is asked to do.
 *
 * @param id 22 characters {@code [A-Za-z0-9_-]}, random
 * @param number rises with submission; per device it is the order of delivery
 * @param name Watson command id
 * @param format the payload's format, e.g. {@code json}
 * @param qos MQTT QoS to deliver with, at most
 * @param by audit name of who submitted it
 * @param reason why it ended, when it did not end well
 */
public record Command(
    String id,
    long number,
    DeviceKey device,
    int tenantNumber,
    long deviceNumber,
    String name,
    String format,
    Payload payload,
    int qos,
    CommandStatus status,
    String by,
    Instant created,
    Instant expires,
    Instant updated,
    Optional<String> reason) {}
