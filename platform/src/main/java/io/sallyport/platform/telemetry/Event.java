package io.sallyport.platform.telemetry;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Payload;
import org.jspecify.annotations.Nullable;

/**
 * Something a device reported; payload bytes as they came.
 *
 * @param name the event's name: Watson event id
 * @param format the payload's format as the client named it, e.g. {@code json}
 * @param timeMillis server time at reception, ms since 1970
 * @param sentBy audit name of who sent it when that is not the device itself (THREATS T33), else
 *     null
 * @param qos MQTT QoS it came with, 0 to 2
 */
public record Event(
    DeviceKey device,
    int tenantNumber,
    long deviceNumber,
    String name,
    String format,
    Payload payload,
    long timeMillis,
    @Nullable String sentBy,
    int qos)
    implements Telemetry {
  public static final int NAME_BYTES_MAX = 512;
}
