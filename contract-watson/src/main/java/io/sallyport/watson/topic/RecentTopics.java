package io.sallyport.watson.topic;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection's last {@value #TOPICS_MAX} distinct topics with what they mean, so that a device
 * that publishes on the same few topics pays for parsing once. Belongs to one event loop.
 */
public final class RecentTopics {
  static final int TOPICS_MAX = 8;

  private final Function<String, PublishTopic> parser;
  private final @Nullable String[] topics = new String[TOPICS_MAX];
  private final @Nullable PublishTopic[] meanings = new PublishTopic[TOPICS_MAX];
  private int next;

  public RecentTopics(Function<String, PublishTopic> parser) {
    this.parser = parser;
  }

  public PublishTopic meaning(String topic) {
    for (int i = 0; i < TOPICS_MAX; i++) {
      PublishTopic meaning = meanings[i];
      if (meaning != null && topic.equals(topics[i])) {
        return meaning;
      }
    }
    PublishTopic meaning = parser.apply(topic);
    topics[next] = topic;
    meanings[next] = meaning;
    next = (next + 1) % TOPICS_MAX;
    return meaning;
  }
}
