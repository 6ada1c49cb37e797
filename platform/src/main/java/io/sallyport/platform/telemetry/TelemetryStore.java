package io.sallyport.platform.telemetry;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The log of events and the history of each device. Payloads are encrypted under the tenant's keys
 * (THREATS T01, T03). Appends come from one thread; reads from any.
 */
public interface TelemetryStore extends AutoCloseable {
  /** What {@link #append} returns for an event of a tenant whose keys were shredded. */
  long NOT_STORED = -1;

  /**
   * Appends the batch atomically and durably (synced), and returns the position of each event in
   * order, or {@link #NOT_STORED} where its tenant is being deleted. Records go to their tenants'
   * logs and device indexes; last events are kept for the tenants with the cache on, which the
   * store learns from a predicate given at its making.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code STORAGE_FULL}, {@code
   *     STORAGE_FAILED} or {@code CORRUPT}: nothing of the batch is stored, it may be tried again
   * @throws IllegalArgumentException if an event exceeds the limits of its fields
   */
  default long[] append(List<Event> batch) {
    return append(batch, Map.of());
  }

  /**
   * As {@link #append(List)}, and writes the markers in the same batch: an event and its marker are
   * both there or both not. The marker of an event that is {@link #NOT_STORED} isn't written
   * either.
   *
   * @param markers by the event's place in {@code batch}
   */
  long[] append(List<Event> batch, Map<Integer, Marker> markers);

  /**
   * Events of one device, newest first, cut at the tenant's retention horizon. At most {@code
   * page.limit()} matching events are returned; a page may be shorter, even empty, and still have a
   * {@code next} when many events that don't match were passed over.
   */
  Page<StoredEvent> history(
      DeviceKey device, long deviceNumber, int tenantNumber, EventQuery query, PageRequest page);

  /** The newest event of the tenant's devices of all kinds, newest first (types may be mixed). */
  Page<StoredEvent> tenantHistory(int tenantNumber, EventQuery query, PageRequest page);

  /**
   * The newest event of each name of one device, no older than {@code notBeforeMillis}.
   *
   * @throws io.sallyport.platform.base.ProblemException {@code TOO_LARGE} if their payloads have
   *     more than {@code payloadBytesMax} bytes together
   */
  List<StoredEvent> lastEvents(
      DeviceKey device,
      long deviceNumber,
      int tenantNumber,
      long notBeforeMillis,
      long payloadBytesMax);

  /** What {@link #lastEvents} throws. */
  static ProblemException lastEventsTooLarge(long payloadBytesMax) {
    return new Problem(
            Problem.Code.TOO_LARGE,
            "the last events have more than "
                + payloadBytesMax
                + " bytes together; read them one by one")
        .asException();
  }

  Optional<StoredEvent> lastEvent(
      DeviceKey device, long deviceNumber, int tenantNumber, String name, long notBeforeMillis);

  /**
   * Up to {@code limit} events of a tenant's log with positions of at least {@code fromPosition},
   * in log order, for durable readers.
   */
  List<StoredEvent> read(int tenantNumber, long fromPosition, int limit);

  /** The position that the tenant's next event will at least have. */
  long endPosition(int tenantNumber);

  /** A durable reader's cursor: the position of the next event it wants; empty for a new reader. */
  Optional<Long> cursor(int tenantNumber, String reader);

  /** Stores a reader's cursor, durably. */
  void commitCursor(int tenantNumber, String reader, long position);

  /** Deletes what is older than the time or beyond the bytes, by range, without scanning. */
  void retain(int tenantNumber, long notBeforeMillis, long bytesMax);

  /** Forgets all of a device: history, last events. */
  void deleteDevice(int tenantNumber, long deviceNumber);

  /** Forgets all of a tenant; its keys were shredded before. */
  void deleteTenant(int tenantNumber);

  /** Bytes that the tenant's log takes, roughly. */
  long bytes(int tenantNumber);

  /** Writes a consistent copy into the new folder {@code target}, while running. */
  void checkpoint(Path target);

  @Override
  void close();
}
