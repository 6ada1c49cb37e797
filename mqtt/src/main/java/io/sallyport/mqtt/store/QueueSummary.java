package io.sallyport.mqtt.store;

/**
 * What waits for a session, counted at start.
 *
 * @param bytes {@link StoredMessage#bytes} of what waits, together; released ones count nothing
 * @param firstSequence of the oldest, 0 if there is none
 * @param lastSequence of the newest ever noted; the next message gets a higher one
 */
public record QueueSummary(int messages, long bytes, long firstSequence, long lastSequence) {
  public static final QueueSummary EMPTY = new QueueSummary(0, 0, 0, 0);
}
