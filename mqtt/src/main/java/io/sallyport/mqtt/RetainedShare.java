package io.sallyport.mqtt;

/**
 * How much of a scope's retained messages one author may have, within what the engine gives each.
 *
 * @param bytesMax of topics (two for each character), payloads and properties
 */
public record RetainedShare(int messagesMax, long bytesMax) {
  /** All that the engine gives an author. */
  public static final RetainedShare ALL = new RetainedShare(Integer.MAX_VALUE, Long.MAX_VALUE);
}
