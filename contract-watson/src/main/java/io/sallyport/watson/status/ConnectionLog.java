package io.sallyport.watson.status;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sallyport.platform.base.DeviceKey;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last connections of each device, in memory only: {@value #ENTRIES_MAX} entries for each of
 * the {@value #DEVICES_MAX} devices seen last. Thread-safe.
 */
public final class ConnectionLog {
  static final int ENTRIES_MAX = 20;
  static final int DEVICES_MAX = 10_000;

  private final Cache<DeviceKey, Deque<Entry>> entries =
      Caffeine.newBuilder().maximumSize(DEVICES_MAX).build();

  /** What happened, without secrets or payload. */
  public record Entry(Instant time, String message) {}

  void add(DeviceKey device, Entry entry) {
    entries
        .asMap()
        .compute(
            device,
            (key, old) -> {
              Deque<Entry> changed = old == null ? new ArrayDeque<>() : new ArrayDeque<>(old);
              changed.addFirst(entry);
              if (changed.size() > ENTRIES_MAX) {
                changed.removeLast();
              }
              return changed;
            });
  }

  /** Newest first. */
  public List<Entry> of(DeviceKey device) {
    Deque<Entry> found = entries.getIfPresent(device);
    return found == null ? List.of() : List.copyOf(found);
  }

  void forget(DeviceKey device) {
    entries.invalidate(device);
  }
}
