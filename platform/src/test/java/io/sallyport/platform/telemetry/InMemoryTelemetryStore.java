package io.sallyport.platform.telemetry;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A telemetry store without disk or encryption, which can be made to fail. Thread-safe. */
public final class InMemoryTelemetryStore implements TelemetryStore {
  private static final int EVENT_BYTES = 100;
  private static final Comparator<StoredEvent> NEWEST_FIRST =
      Comparator.comparingLong((StoredEvent stored) -> stored.event().timeMillis())
          .thenComparingLong(StoredEvent::position)
          .reversed();

  private final IntPredicate lastEventCacheEnabled;
  private final Map<Integer, List<StoredEvent>> logs = new HashMap<>();
  private final Map<Integer, Long> ends = new HashMap<>();
  private final Map<String, StoredEvent> lastEvents = new HashMap<>();
  private final Map<String, Long> cursors = new HashMap<>();
  private final List<Marker> markers = new ArrayList<>();
  private final Set<Integer> deletedTenants = new HashSet<>();
  private @Nullable Problem failure;
  private @Nullable Problem readFailure;

  public InMemoryTelemetryStore(IntPredicate lastEventCacheEnabled) {
    this.lastEventCacheEnabled = lastEventCacheEnabled;
  }

  /** Makes appends fail until {@link #recover}. */
  public synchronized void failWith(Problem problem) {
    failure = problem;
  }

  /** Makes reads of the history fail, until null comes. */
  public synchronized void failReadsWith(@Nullable Problem problem) {
    readFailure = problem;
  }

  /** All markers, in the order in which they were appended. */
  public synchronized List<Marker> markers() {
    return List.copyOf(markers);
  }

  public synchronized void recover() {
    failure = null;
  }

  @Override
  public synchronized long[] append(List<Event> batch, Map<Integer, Marker> withMarkers) {
    if (failure != null) {
      throw failure.asException();
    }
    for (Event event : batch) {
      if (event.name().length() > Event.NAME_BYTES_MAX) {
        throw new IllegalArgumentException("the event's name is too long");
      }
    }
    long[] positions = new long[batch.size()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = append(batch.get(i));
      Marker marker = withMarkers.get(i);
      if (marker != null && positions[i] != NOT_STORED) {
        markers.add(marker);
      }
    }
    return positions;
  }

  private long append(Event event) {
    int tenant = event.tenantNumber();
    if (deletedTenants.contains(tenant)) {
      return NOT_STORED;
    }
    StoredEvent stored = new StoredEvent(endPosition(tenant), event);
    ends.put(tenant, stored.position() + 1);
    log(tenant).add(stored);
    if (lastEventCacheEnabled.test(tenant)) {
      lastEvents.put(lastKey(tenant, event.deviceNumber(), event.name()), stored);
    }
    return stored.position();
  }

  @Override
  public synchronized Page<StoredEvent> history(
      DeviceKey device, long deviceNumber, int tenantNumber, EventQuery query, PageRequest page) {
    if (readFailure != null) {
      throw readFailure.asException();
    }
    return page(
        log(tenantNumber).stream()
            .filter(stored -> stored.event().deviceNumber() == deviceNumber)
            .filter(matching(query))
            .sorted(NEWEST_FIRST),
        page);
  }

  @Override
  public synchronized Page<StoredEvent> tenantHistory(
      int tenantNumber, EventQuery query, PageRequest page) {
    return page(log(tenantNumber).reversed().stream().filter(matching(query)), page);
  }

  @Override
  public synchronized List<StoredEvent> lastEvents(
      DeviceKey device,
      long deviceNumber,
      int tenantNumber,
      long notBeforeMillis,
      long payloadBytesMax) {
    List<StoredEvent> events = lastEvents(deviceNumber, tenantNumber, notBeforeMillis);
    if (events.stream().mapToLong(stored -> stored.event().payload().size()).sum()
        > payloadBytesMax) {
      throw TelemetryStore.lastEventsTooLarge(payloadBytesMax);
    }
    return events;
  }

  private List<StoredEvent> lastEvents(long deviceNumber, int tenantNumber, long notBeforeMillis) {
    if (!lastEventCacheEnabled.test(tenantNumber)) {
      return List.of();
    }
    return lastEvents.values().stream()
        .filter(stored -> stored.event().deviceNumber() == deviceNumber)
        .filter(stored -> stored.event().tenantNumber() == tenantNumber)
        .filter(stored -> stored.event().timeMillis() >= notBeforeMillis)
        .sorted(Comparator.comparing(stored -> stored.event().name()))
        .toList();
  }

  @Override
  public synchronized Optional<StoredEvent> lastEvent(
      DeviceKey device, long deviceNumber, int tenantNumber, String name, long notBeforeMillis) {
    return lastEvents(deviceNumber, tenantNumber, notBeforeMillis).stream()
        .filter(stored -> stored.event().name().equals(name))
        .findFirst();
  }

  @Override
  public synchronized List<StoredEvent> read(int tenantNumber, long fromPosition, int limit) {
    return log(tenantNumber).stream()
        .filter(stored -> stored.position() >= fromPosition)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized long endPosition(int tenantNumber) {
    return ends.getOrDefault(tenantNumber, 0L);
  }

  @Override
  public synchronized Optional<Long> cursor(int tenantNumber, String reader) {
    return Optional.ofNullable(cursors.get(tenantNumber + "/" + reader));
  }

  @Override
  public synchronized void commitCursor(int tenantNumber, String reader, long position) {
    cursors.put(tenantNumber + "/" + reader, position);
  }

  @Override
  public synchronized void retain(int tenantNumber, long notBeforeMillis, long bytesMax) {
    Predicate<StoredEvent> tooOld =
        stored ->
            stored.event().tenantNumber() == tenantNumber
                && stored.event().timeMillis() < notBeforeMillis;
    List<StoredEvent> log = log(tenantNumber);
    log.removeIf(tooOld);
    while (bytes(tenantNumber) > bytesMax) {
      log.removeFirst();
    }
    long horizon = log.isEmpty() ? endPosition(tenantNumber) : log.getFirst().position();
    lastEvents
        .values()
        .removeIf(
            stored -> stored.event().tenantNumber() == tenantNumber && stored.position() < horizon);
  }

  @Override
  public synchronized void deleteDevice(int tenantNumber, long deviceNumber) {
    Predicate<StoredEvent> ofDevice = stored -> stored.event().deviceNumber() == deviceNumber;
    log(tenantNumber).removeIf(ofDevice);
    lastEvents.values().removeIf(ofDevice);
  }

  @Override
  public synchronized void deleteTenant(int tenantNumber) {
    deletedTenants.add(tenantNumber);
    log(tenantNumber).clear();
    lastEvents.values().removeIf(stored -> stored.event().tenantNumber() == tenantNumber);
    cursors.keySet().removeIf(key -> key.startsWith(tenantNumber + "/"));
  }

  @Override
  public synchronized long bytes(int tenantNumber) {
    return log(tenantNumber).stream()
        .mapToLong(stored -> stored.event().payload().size() + EVENT_BYTES)
        .sum();
  }

  @Override
  public void checkpoint(Path target) {
    throw new UnsupportedOperationException("memory has no folder to copy");
  }

  @Override
  public void close() {}

  private List<StoredEvent> log(int tenantNumber) {
    return logs.computeIfAbsent(tenantNumber, _ -> new ArrayList<>());
  }

  private static Predicate<StoredEvent> matching(EventQuery query) {
    return stored -> {
      Event event = stored.event();
      return event.timeMillis() >= query.fromMillis()
          && event.timeMillis() < query.toMillis()
          && query.name().map(event.name()::equals).orElse(true)
          && (!query.jsonOnly() || event.format().equals("json"));
    };
  }

  private static Page<StoredEvent> page(Stream<StoredEvent> all, PageRequest page) {
    long skipped = page.after().map(InMemoryTelemetryStore::offset).orElse(0L);
    List<StoredEvent> items = all.skip(skipped).limit(page.limit() + 1L).toList();
    boolean more = items.size() > page.limit();
    return new Page<>(
        more ? items.subList(0, page.limit()) : items,
        more ? Optional.of(Long.toString(skipped + page.limit())) : Optional.empty());
  }

  private static long offset(String after) {
    try {
      return Long.parseUnsignedLong(after);
    } catch (NumberFormatException notOurs) {
      throw new Problem(Problem.Code.BAD_CURSOR, "this is not a place in the list").asException();
    }
  }

  private static String lastKey(int tenant, long device, String name) {
    return tenant + "/" + device + "/" + name;
  }
}
