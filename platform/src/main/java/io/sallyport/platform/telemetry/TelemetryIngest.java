package io.sallyport.platform.telemetry;

/**
 * The way in: a bounded queue of events, appended in batches with one synced commit each, then
 * acknowledged, then fed to subscribers.
 */
public interface TelemetryIngest {
  /**
   * Takes the event. Never blocks: safe on an event loop. While the store is behind, full or
   * failing, events wait in the queue; when the queue is full, {@code listener.failed(UNAVAILABLE)}
   * follows at once, and the caller holds its client back.
   */
  void submit(Event event, AppendListener listener);

  /** As {@link #submit(Event, AppendListener)}; the marker becomes durable with the event. */
  void submit(Event event, Marker marker, AppendListener listener);

  /** False while new events should be held back at the socket. */
  boolean accepting();

  /** Runs {@code resumed} once when {@link #accepting} is true again; at once if it is. */
  void whenAccepting(Runnable resumed);
}
