package io.sallyport.platform.telemetry;

import java.util.List;
import java.util.function.Consumer;

/** Hands every durable event to its subscribers, in log order per tenant, after its commit. */
public interface TelemetryFeed {
  /**
   * Adds a subscriber. It is called on the feed's thread with each batch and must not block for
   * long; a throwing subscriber is logged and goes on receiving.
   */
  Subscription subscribe(Consumer<List<StoredEvent>> subscriber);

  /** Ends the subscription. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
