package io.sallyport.watson;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceStore;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What clients that speak for other devices need to know of these, remembered for at most 5 s: the
 * bound in which a change of parent or a deletion takes effect (THREATS T31, T33). A device that
 * does not exist is remembered for 1 s only, so that a new one is not refused for long.
 * Thread-safe.
 */
public final class DeviceDirectory {
  static final Duration KNOWN_MAX = Duration.ofSeconds(5);
  static final Duration UNKNOWN_MAX = Duration.ofSeconds(1);
  static final int DEVICES_MAX = 50_000;

  private final DeviceStore devices;
  private final Cache<DeviceKey, Entry> known;

  /** A remembered answer: the device, or that there is none. */
  public record Entry(Optional<Device> device) {}

  public DeviceDirectory(DeviceStore devices, Clock clock) {
    this.devices = devices;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(DEVICES_MAX)
            .ticker(() -> Duration.ofMillis(clock.millis()).toNanos())
            .expireAfter(
                Expiry.<DeviceKey, Entry>creating(
                    (key, entry) -> entry.device().isPresent() ? KNOWN_MAX : UNKNOWN_MAX))
            .build();
  }

  /** The remembered answer, or null when it has to be looked up. Never blocks. */
  public @Nullable Entry remembered(DeviceKey key) {
    return known.getIfPresent(key);
  }

  /** The device; looked up when not remembered, so call it on a thread that may block. */
  public Optional<Device> find(DeviceKey key) {
    Entry remembered = known.getIfPresent(key);
    if (remembered != null) {
      return remembered.device();
    }
    Optional<Device> found = devices.find(key);
    known.put(key, new Entry(found));
    return found;
  }

  /** Forgets the device: it was registered, changed or deleted. */
  public void forget(DeviceKey key) {
    known.invalidate(key);
  }
}
