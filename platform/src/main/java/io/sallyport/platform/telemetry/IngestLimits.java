package io.sallyport.platform.telemetry;

import java.time.Duration;

/**
 * Limits of the way in, all positive.
 *
 * @param queueEventsMax events that wait for their commit, those in the running batch included
 * @param queueBytesMax bytes of the same, counted as payload and {@link
 *     BatchingIngest#EVENT_OVERHEAD_BYTES} each
 * @param batchEventsMax events of one commit
 * @param batchBytesMax bytes of one commit, counted likewise; one event may be larger
 * @param feedBatchesMax batches that wait for the feed's subscribers; the writer waits beyond
 * @param stopMax how long {@link BatchingIngest#close} waits for a store that fails, or for slow
 *     subscribers
 */
public record IngestLimits(
    int queueEventsMax,
    long queueBytesMax,
    int batchEventsMax,
    long batchBytesMax,
    int feedBatchesMax,
    Duration stopMax) {
  public static final IngestLimits DEFAULT =
      new IngestLimits(65_536, 64L << 20, 4_096, 4L << 20, 16, Duration.ofSeconds(10));

  /** The queue's counters share one word: 24 bits of events, 40 bits of bytes. */
  private static final int QUEUE_EVENTS_LIMIT = 1 << 22;

  private static final long QUEUE_BYTES_LIMIT = 1L << 38;

  public IngestLimits {
    if (queueEventsMax < 1
        || queueEventsMax > QUEUE_EVENTS_LIMIT
        || queueBytesMax < 1
        || queueBytesMax > QUEUE_BYTES_LIMIT
        || batchEventsMax < 1
        || batchBytesMax < 1
        || feedBatchesMax < 1
        || stopMax.isNegative()) {
      throw new IllegalArgumentException("an ingest limit is out of range");
    }
  }
}
