package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.engine.RetainedMessages.Kept;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the retained messages that a filter matched at one moment, in steps of bounded work.
 * It holds a place, no messages: each is read when its turn comes. One that has been replaced since
 * is left out, because the subscription has got the newer one itself. Used by one thread at a time.
 */
final class RetainedWalk {
  private final RetainedMessages source;
  private final String filter;
  private long numberMax;
  private @Nullable String place;
  private int examined;

  RetainedWalk(RetainedMessages source, String filter, long numberMax) {
    this.source = source;
    this.filter = filter;
    this.numberMax = numberMax;
    this.place = TopicSeek.start(filter);
  }

  /** The subscription had no connection to get newer ones by: they are taken in from here on. */
  void interrupted() {
    numberMax = Long.MAX_VALUE;
  }

  boolean isDone() {
    return place == null;
  }

  /** Messages looked at by the last call of {@link #next}. */
  int examined() {
    return examined;
  }

  /**
   * The next message, or null when there is none or so many have been looked at that the rest
   * should be left for later.
   */
  @Nullable Message next(int examinedMax) {
    examined = 0;
    while (place != null && examined < examinedMax) {
      Kept kept = source.from(place);
      if (kept == null) {
        place = null;
        return null;
      }
      examined++;
      String topic = kept.message().topic();
      String next = TopicSeek.next(filter, topic);
      if (!topic.equals(next)) {
        place = next;
        continue;
      }
      place = topic.equals(filter) ? null : TopicSeek.after(topic);
      if (kept.number() <= numberMax && !source.isExpired(kept)) {
        return kept.message();
      }
    }
    return null;
  }
}
