package io.sallyport.platform.command;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the subscribers of this process, on the thread that the commit completed on; subscribers
 * must not block. Thread-safe.
 */
public final class InProcessCommandFeed implements CommandFeed {
  private static final Logger LOG = LoggerFactory.getLogger(InProcessCommandFeed.class);

  private final List<Entry> entries = new CopyOnWriteArrayList<>();

  /** Equal only to itself, so that a subscriber may subscribe twice. */
  private final class Entry implements Subscription {
    private final Consumer<Command> subscriber;

    Entry(Consumer<Command> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void close() {
      entries.remove(this);
    }
  }

  @Override
  public Subscription subscribe(Consumer<Command> subscriber) {
    Entry entry = new Entry(subscriber);
    entries.add(entry);
    return entry;
  }

  void publish(Command command) {
    for (Entry entry : entries) {
      try {
        entry.subscriber.accept(command);
      } catch (RuntimeException e) {
        // A subscriber's fault must keep the command neither from the others nor from its device.
        LOG.error("A subscriber of commands failed", e);
      }
    }
  }
}
