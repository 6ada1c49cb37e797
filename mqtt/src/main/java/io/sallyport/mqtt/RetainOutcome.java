package io.sallyport.mqtt;

/** What became of a retained message. */
public sealed interface RetainOutcome {
  /**
   * Kept for its topic (or the topic's one removed) and routed.
   *
   * @param copies how many were made
   */
  record Routed(int copies) implements RetainOutcome {}

  /**
   * A limit of the scope or of the author keeps it out: it was neither kept nor routed, and what
   * the topic had stays.
   *
   * @param reasonCode for {@link Ack#refused}: 0x97, quota exceeded
   */
  record Refused(int reasonCode) implements RetainOutcome {}
}
