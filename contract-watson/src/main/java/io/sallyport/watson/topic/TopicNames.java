package io.sallyport.watson.topic;

/** The rule for event, command and format names, for those that come by other ways than a topic. */
public final class TopicNames {
  private TopicNames() {}

  /** Whether the text can stand in one level: not empty, no {@code / + #} or NUL, ≤ 512 bytes. */
  public static boolean isName(String text) {
    return Levels.isName(text);
  }
}
