package io.sallyport.platform.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ingest with group commit: one writer thread takes what has come in since the last commit ended,
 * appends it with one sync, tells each listener in order, and hands the batch to the feed.
 *
 * <p>While the store is full or fails, the writer keeps its batch and tries again: nothing is
 * acknowledged, nothing is dropped, {@link #accepting} is false, {@link #health} says why. A feed
 * that lags holds the writer back in the same way.
 *
 * <p>{@link #start} once, {@link #close} once; everything else from any thread.
 */
public final class BatchingIngest implements TelemetryIngest, AutoCloseable {
  /** What an event is taken to occupy besides its payload. */
  public static final int EVENT_OVERHEAD_BYTES = 256;

  private static final Logger LOG = LoggerFactory.getLogger(BatchingIngest.class);
  private static final long RETRY_FIRST_MILLIS = 250;
  private static final long RETRY_MAX_MILLIS = 2_000;
  private static final int BYTES_BITS = 40;
  private static final long BYTES_MASK = (1L << BYTES_BITS) - 1;
  private static final Problem QUEUE_FULL =
      new Problem(Problem.Code.UNAVAILABLE, "too many events wait to be stored");
  private static final Problem STOPPING =
      new Problem(Problem.Code.UNAVAILABLE, "the server is stopping");
  private static final Problem TENANT_GONE =
      new Problem(Problem.Code.NOT_FOUND, "the tenant is being deleted");
  private static final Problem NOT_STORABLE =
      new Problem(Problem.Code.INVALID, "the event exceeds what can be stored");
  private static final Problem STORE_FAULT =
      new Problem(Problem.Code.UNAVAILABLE, "the event can't be stored, by a fault of the server");

  private final TelemetryStore store;
  private final IngestLimits limits;
  private final Clock clock;
  private final QueuedFeed feed;
  private final Thread writer;
  private final SubmissionQueue queue = new SubmissionQueue();
  private final ConcurrentLinkedQueue<Runnable> resumptions = new ConcurrentLinkedQueue<>();

  /** Events (upper 24 bits) and bytes (lower 40) that wait or are being appended. */
  private final AtomicLong load = new AtomicLong();

  private final Timer appendTime;
  private final DistributionSummary batchEvents;
  private final Counter refused;
  private final Counter listenerFailures;

  private volatile boolean parked;
  private volatile boolean accepting = true;
  private volatile boolean stopping;
  private volatile boolean ended;
  private volatile StorageHealth health;

  // The running batch; touched by the writer thread only.
  private List<Event> events = new ArrayList<>();
  private final Map<Integer, Marker> markers = new HashMap<>();
  private final List<AppendListener> listeners = new ArrayList<>();
  private final SubmissionQueue.Sink sink = this::take;
  private long batchLoad;
  private int told;

  // Written before the volatile "stopping", read after it.
  private long stopDeadlineNanos;

  /**
   * @param threads makes the two platform threads: writer and feed
   * @param meters takes {@code sallyport.ingest.*}
   */
  public BatchingIngest(
      TelemetryStore store,
      IngestLimits limits,
      Clock clock,
      ThreadFactory threads,
      MeterRegistry meters) {
    this.store = store;
    this.limits = limits;
    this.clock = clock;
    this.feed = new QueuedFeed(limits.feedBatchesMax(), threads);
    this.writer = threads.newThread(this::run);
    writer.setName("telemetry-writer");
    this.health = new StorageHealth(Optional.empty(), clock.instant());
    this.appendTime =
        Timer.builder("sallyport.ingest.append")
            .description("Time of one commit")
            .publishPercentileHistogram()
            .register(meters);
    this.batchEvents =
        DistributionSummary.builder("sallyport.ingest.batch.events")
            .description("Events per commit")
            .register(meters);
    this.refused =
        Counter.builder("sallyport.ingest.refused")
            .description("Events not taken because the queue was full")
            .register(meters);
    this.listenerFailures =
        Counter.builder("sallyport.ingest.listener.failures")
            .description("Acknowledgements that threw")
            .register(meters);
    meters.gauge("sallyport.ingest.queue.events", load, value -> eventsOf(value.get()));
    meters.gauge("sallyport.ingest.queue.bytes", load, value -> bytesOf(value.get()));
    meters.gauge("sallyport.ingest.feed.batches", feed, QueuedFeed::waiting);
  }

  /** Starts both threads. */
  public void start() {
    feed.start();
    writer.start();
  }

  /** Where events come out after their commit. */
  public TelemetryFeed feed() {
    return feed;
  }

  /** Whether the store takes events, and since when. */
  public StorageHealth health() {
    return health;
  }

  @Override
  public void submit(Event event, AppendListener listener) {
    enqueue(event, null, listener);
  }

  @Override
  public void submit(Event event, Marker marker, AppendListener listener) {
    enqueue(event, marker, listener);
  }

  private void enqueue(Event event, @Nullable Marker marker, AppendListener listener) {
    if (stopping) {
      listener.failed(STOPPING);
      return;
    }
    long weight = weight(event);
    long now = load.addAndGet(weight);
    if (eventsOf(now) > limits.queueEventsMax() || bytesOf(now) > limits.queueBytesMax()) {
      load.addAndGet(-weight);
      refused.increment();
      accepting = false;
      wake();
      listener.failed(QUEUE_FULL);
      return;
    }
    queue.add(event, marker, listener);
    if (accepting && above(now, 3, 4)) {
      accepting = false;
    }
    wake();
    if (ended) {
      failRest();
    }
  }

  @Override
  public boolean accepting() {
    return accepting;
  }

  @Override
  public void whenAccepting(Runnable resumed) {
    if (accepting) {
      resumed.run();
      return;
    }
    resumptions.add(resumed);
    // The writer may have become ready between the two lines above.
    if (accepting && resumptions.remove(resumed)) {
      resumed.run();
    }
    wake();
  }

  /**
   * Takes no more events, appends and feeds those that wait, and ends both threads. Where the store
   * still fails after {@link IngestLimits#stopMax}, the rest is failed, unacknowledged.
   */
  @Override
  public void close() {
    if (stopping) {
      return;
    }
    stopDeadlineNanos = System.nanoTime() + limits.stopMax().toNanos();
    stopping = true;
    LockSupport.unpark(writer);
    try {
      writer.join();
      if (!feed.stop(limits.stopMax())) {
        LOG.warn("A subscriber of the telemetry feed has not come to its end");
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        collect();
        if (!events.isEmpty()) {
          appendBatch();
        } else if (stopping) {
          break;
        } else {
          resumeIfReady();
          park();
        }
      }
    } catch (RuntimeException | Error bug) {
      LOG.error("The telemetry writer ended by a fault of its own; restart the server", bug);
      unhealthy(new Problem(Problem.Code.STORAGE_FAILED, "the telemetry writer ended by a fault"));
      throw bug;
    } finally {
      stopping = true;
      ended = true;
      accepting = false;
      failBatch(STOPPING);
      failRest();
    }
  }

  private void collect() {
    events = new ArrayList<>();
    while (events.size() < limits.batchEventsMax()) {
      Event first = queue.peek();
      if (first == null) {
        return;
      }
      long after = bytesOf(batchLoad + weight(first));
      if (after > limits.batchBytesMax() && !events.isEmpty()) {
        return;
      }
      queue.poll(sink);
    }
  }

  private void take(Event event, @Nullable Marker marker, AppendListener listener) {
    if (marker != null) {
      markers.put(events.size(), marker);
    }
    events.add(event);
    listeners.add(listener);
    batchLoad += weight(event);
  }

  private void appendBatch() {
    long[] positions = appendUntilStored();
    if (positions == null) {
      failBatch(STOPPING);
      return;
    }
    batchEvents.record(events.size());
    for (long position : positions) {
      tell(listeners.get(told++), position);
    }
    hand(positions);
    releaseBatch();
    resumeIfReady();
  }

  /** Positions of the batch; null if the store failed until the deadline of a stop. */
  private long @Nullable [] appendUntilStored() {
    long wait = RETRY_FIRST_MILLIS;
    while (true) {
      long start = System.nanoTime();
      try {
        long[] positions = appendIsolated();
        appendTime.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        healthy();
        return positions;
      } catch (ProblemException failing) {
        unhealthy(failing.problem());
      }
      accepting = false;
      if (!pause(Duration.ofMillis(wait))) {
        return null;
      }
      wait = Math.min(2 * wait, RETRY_MAX_MILLIS);
    }
  }

  /** Appends the batch; if one event breaks the store's code, all others are stored without it. */
  private long[] appendIsolated() {
    try {
      return store.append(events, markers);
    } catch (ProblemException failing) {
      throw failing;
    } catch (RuntimeException bug) {
      LOG.error("A batch of {} events can't be stored as it is", events.size(), bug);
    }
    List<Event> kept = new ArrayList<>();
    List<AppendListener> keptListeners = new ArrayList<>();
    long[] positions = new long[events.size()];
    int stored = 0;
    for (int i = 0; i < events.size(); i++) {
      AppendListener listener = listeners.get(i);
      try {
        positions[stored] = appendSingly(events.get(i), markers.get(i));
        kept.add(events.get(i));
        keptListeners.add(listener);
        stored++;
      } catch (IllegalArgumentException beyondLimits) {
        fail(listener, NOT_STORABLE);
      } catch (RuntimeException bug) {
        LOG.error("An event can't be stored", bug);
        fail(listener, STORE_FAULT);
      }
    }
    events = kept;
    listeners.clear();
    listeners.addAll(keptListeners);
    return Arrays.copyOf(positions, stored);
  }

  private long appendSingly(Event event, @Nullable Marker marker) {
    long wait = RETRY_FIRST_MILLIS;
    while (true) {
      try {
        return store.append(List.of(event), marker == null ? Map.of() : Map.of(0, marker))[0];
      } catch (ProblemException failing) {
        unhealthy(failing.problem());
        accepting = false;
        if (!pause(Duration.ofMillis(wait))) {
          return TelemetryStore.NOT_STORED;
        }
        wait = Math.min(2 * wait, RETRY_MAX_MILLIS);
      }
    }
  }

  private void hand(long[] positions) {
    if (!feed.wanted()) {
      return;
    }
    List<StoredEvent> batch = new ArrayList<>(positions.length);
    for (int i = 0; i < positions.length; i++) {
      if (positions[i] != TelemetryStore.NOT_STORED) {
        batch.add(new StoredEvent(positions[i], events.get(i)));
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    try {
      while (!feed.offer(batch, Duration.ofMillis(100))) {
        if (stopping && System.nanoTime() - stopDeadlineNanos >= 0) {
          LOG.warn("{} stored events were not fed: a subscriber is too slow", batch.size());
          return;
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(AppendListener listener, long position) {
    if (position == TelemetryStore.NOT_STORED) {
      fail(listener, TENANT_GONE);
      return;
    }
    try {
      listener.appended(position);
    } catch (RuntimeException bug) {
      listenerFailed(bug);
    }
  }

  private void fail(AppendListener listener, Problem problem) {
    try {
      listener.failed(problem);
    } catch (RuntimeException bug) {
      listenerFailed(bug);
    }
  }

  private void listenerFailed(RuntimeException bug) {
    if (listenerFailures.count() == 0) {
      LOG.error("An acknowledgement failed; later failures are only counted", bug);
    }
    listenerFailures.increment();
  }

  private void failBatch(Problem problem) {
    while (told < listeners.size()) {
      fail(listeners.get(told++), problem);
    }
    releaseBatch();
  }

  private synchronized void failRest() {
    // After the writer's end whoever submits is the consumer, one at a time.
    while (queue.poll((_, _, listener) -> fail(listener, STOPPING))) {
      refused.increment();
    }
  }

  private void releaseBatch() {
    load.addAndGet(-batchLoad);
    events = new ArrayList<>();
    markers.clear();
    listeners.clear();
    batchLoad = 0;
    told = 0;
  }

  private void resumeIfReady() {
    if (accepting || stopping || !health.healthy() || above(load.get(), 1, 2)) {
      return;
    }
    accepting = true;
    Runnable resumed = resumptions.poll();
    while (resumed != null) {
      try {
        resumed.run();
      } catch (RuntimeException bug) {
        listenerFailed(bug);
      }
      resumed = resumptions.poll();
    }
  }

  private void park() {
    parked = true;
    if (queue.isEmpty() && !stopping && accepting) {
      LockSupport.park(this);
    }
    parked = false;
  }

  private void wake() {
    if (parked) {
      parked = false;
      LockSupport.unpark(writer);
    }
  }

  /** Waits; false if a stop's deadline has passed. */
  private boolean pause(Duration wait) {
    long end = System.nanoTime() + wait.toNanos();
    long left = wait.toNanos();
    while (left > 0) {
      if (stopping && System.nanoTime() - stopDeadlineNanos >= 0) {
        return false;
      }
      LockSupport.parkNanos(this, Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
      left = end - System.nanoTime();
    }
    return true;
  }

  private void healthy() {
    if (!health.healthy()) {
      LOG.info("Events are being stored again");
      health = new StorageHealth(Optional.empty(), clock.instant());
    }
  }

  private void unhealthy(Problem problem) {
    Optional<Problem> before = health.problem();
    if (before.equals(Optional.of(problem))) {
      return;
    }
    if (!before.map(Problem::code).equals(Optional.of(problem.code()))) {
      LOG.error("Events can't be stored, publishers are held back: {}", problem.text());
      health = new StorageHealth(Optional.of(problem), clock.instant());
    } else {
      // Later tries know better what to do; the trouble is the same, and is logged once.
      health = new StorageHealth(Optional.of(problem), health.since());
    }
  }

  private boolean above(long value, int numerator, int denominator) {
    return eventsOf(value) > (long) limits.queueEventsMax() * numerator / denominator
        || bytesOf(value) > limits.queueBytesMax() / denominator * numerator;
  }

  private static long weight(Event event) {
    return 1L << BYTES_BITS | (event.payload().size() + EVENT_OVERHEAD_BYTES);
  }

  private static long eventsOf(long value) {
    return value >>> BYTES_BITS;
  }

  private static long bytesOf(long value) {
    return value & BYTES_MASK;
  }
}
