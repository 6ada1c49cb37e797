package io.sallyport.platform.telemetry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands batches to subscribers on a thread of its own, by way of a bounded queue. */
final class QueuedFeed implements TelemetryFeed {
  private static final Logger LOG = LoggerFactory.getLogger(QueuedFeed.class);

  /** An empty batch ends the thread; batches with events are never empty. */
  private static final List<StoredEvent> END = List.of();

  private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
  private final BlockingQueue<List<StoredEvent>> batches;
  private final Thread thread;

  QueuedFeed(int batchesMax, ThreadFactory threads) {
    this.batches = new ArrayBlockingQueue<>(batchesMax);
    this.thread = threads.newThread(this::run);
    thread.setName("telemetry-feed");
  }

  void start() {
    thread.start();
  }

  @Override
  public Subscription subscribe(Consumer<List<StoredEvent>> consumer) {
    Subscriber subscriber = new Subscriber(consumer);
    subscribers.add(subscriber);
    return () -> subscribers.remove(subscriber);
  }

  boolean wanted() {
    return !subscribers.isEmpty();
  }

  int waiting() {
    return batches.size();
  }

  /** Hands a batch over; false if the queue stayed full for the time. */
  boolean offer(List<StoredEvent> batch, Duration wait) throws InterruptedException {
    return batches.offer(batch, wait.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Ends the thread after the batches handed over before; false if it took too long. */
  boolean stop(Duration wait) throws InterruptedException {
    return offer(END, wait) && thread.join(wait);
  }

  private void run() {
    try {
      List<StoredEvent> batch = batches.take();
      while (!batch.isEmpty()) {
        for (Subscriber subscriber : subscribers) {
          subscriber.accept(batch);
        }
        batch = batches.take();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** One subscriber; its first failure is logged, and it goes on receiving. */
  private static final class Subscriber {
    private final Consumer<List<StoredEvent>> consumer;
    private boolean failed;

    Subscriber(Consumer<List<StoredEvent>> consumer) {
      this.consumer = consumer;
    }

    void accept(List<StoredEvent> batch) {
      try {
        consumer.accept(batch);
      } catch (RuntimeException bug) {
        if (!failed) {
          failed = true;
          LOG.error(
              "A subscriber of the telemetry feed failed; its later failures aren't logged", bug);
        }
      }
    }
  }
}
