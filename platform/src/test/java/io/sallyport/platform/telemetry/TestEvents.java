package io.sallyport.platform.telemetry;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Payload;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Builds events: {@code anEvent().ofDevice(3).named("status").at(1_000).build()}. */
public final class TestEvents {
  private int tenant = 1;
  private long device = 1;
  private String name = "status";
  private String format = "json";
  private Payload payload = Payload.utf8("{\"d\":1}");
  private long timeMillis = 1_000_000;
  private @Nullable String sentBy;

  private TestEvents() {}

  public static TestEvents anEvent() {
    return new TestEvents();
  }

  /** The key that this builder gives the device with the number. */
  public static DeviceKey key(int tenant, long device) {
    return DeviceKey.of(String.format(Locale.ROOT, "t%05d", tenant), "pump", "p" + device);
  }

  public TestEvents inTenant(int number) {
    tenant = number;
    return this;
  }

  public TestEvents ofDevice(long number) {
    device = number;
    return this;
  }

  public TestEvents named(String eventName) {
    name = eventName;
    return this;
  }

  public TestEvents format(String payloadFormat) {
    format = payloadFormat;
    return this;
  }

  public TestEvents payload(String text) {
    payload = Payload.utf8(text);
    return this;
  }

  public TestEvents payload(byte[] bytes) {
    payload = Payload.copyOf(bytes);
    return this;
  }

  public TestEvents at(long millis) {
    timeMillis = millis;
    return this;
  }

  public TestEvents sentBy(String gateway) {
    sentBy = gateway;
    return this;
  }

  public Event build() {
    return new Event(
        key(tenant, device), tenant, device, name, format, payload, timeMillis, sentBy, 1);
  }
}
