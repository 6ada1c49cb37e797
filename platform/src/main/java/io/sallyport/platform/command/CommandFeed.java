package io.sallyport.platform.command;

import java.util.function.Consumer;

/** Tells subscribers of every submitted command, after its commit (applications may read them). */
public interface CommandFeed {
  Subscription subscribe(Consumer<Command> subscriber);

  /** Ends the subscription. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
