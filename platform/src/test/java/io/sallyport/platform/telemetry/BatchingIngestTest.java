package io.sallyport.platform.telemetry;

import static io.sallyport.platform.telemetry.TestEvents.anEvent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.platform.base.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchingIngestTest {
  private static final Problem FULL = new Problem(Problem.Code.STORAGE_FULL, "the disk is full");

  private final InMemoryTelemetryStore store = new InMemoryTelemetryStore(_ -> false);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  // Replaced by start(); the gauges of this one must not stand in the registry that is asked.
  private BatchingIngest ingest = ingest(IngestLimits.DEFAULT, new SimpleMeterRegistry());

  private BatchingIngest ingest(IngestLimits limits, MeterRegistry registry) {
    return new BatchingIngest(
        store, limits, Clock.systemUTC(), Thread.ofPlatform().daemon().factory(), registry);
  }

  private static IngestLimits small(int queueEvents, int batchEvents, int feedBatches) {
    return new IngestLimits(
        queueEvents, 64 << 20, batchEvents, 4 << 20, feedBatches, Duration.ofMillis(500));
  }

  private void start(IngestLimits limits) {
    ingest = ingest(limits, meters);
    ingest.start();
  }

  @AfterEach
  void stop() {
    store.recover();
    ingest.close();
  }

  /** Keeps what it is told. */
  private static final class Recorded implements AppendListener {
    private final List<Long> positions = Collections.synchronizedList(new ArrayList<>());
    private final List<Problem.Code> failures = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void appended(long position) {
      positions.add(position);
    }

    @Override
    public void failed(Problem problem) {
      failures.add(problem.code());
    }
  }

  @Test
  void events_are_acknowledged_in_order_once_stored() {
    start(IngestLimits.DEFAULT);
    Recorded listener = new Recorded();
    for (int i = 0; i < 10_000; i++) {
      ingest.submit(anEvent().at(i).build(), listener);
    }
    await().until(() -> listener.positions.size() == 10_000);
    assertThat(listener.positions).isSorted().doesNotHaveDuplicates();
    assertThat(store.read(1, 0, 20_000)).hasSize(10_000);
    assertThat(meters.get("sallyport.ingest.batch.events").summary().totalAmount())
        .isEqualTo(10_000);
    assertThat(meters.get("sallyport.ingest.queue.events").gauge().value()).isZero();
    assertThat(meters.get("sallyport.ingest.queue.bytes").gauge().value()).isZero();
  }

  @Test
  void marker_is_appended_with_its_event() {
    start(IngestLimits.DEFAULT);
    Recorded listener = new Recorded();
    List<Marker> markers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      if (i % 3 == 0) {
        markers.add(new Marker(new byte[] {(byte) (i >> 8), (byte) i}, new byte[] {1}));
        ingest.submit(anEvent().at(i).build(), markers.getLast(), listener);
      } else {
        ingest.submit(anEvent().at(i).build(), listener);
      }
    }
    await().until(() -> listener.positions.size() == 1_000);
    assertThat(store.markers()).containsExactlyElementsOf(markers);
  }

  @Test
  void every_event_of_many_threads_is_stored_once_and_in_each_threads_order() throws Exception {
    start(IngestLimits.DEFAULT);
    List<Recorded> listeners = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int thread = 1; thread <= 4; thread++) {
        int device = thread;
        Recorded listener = new Recorded();
        listeners.add(listener);
        threads.execute(() -> {
          for (int i = 0; i < 5_000; i++) {
            ingest.submit(anEvent().ofDevice(device).at(i).build(), listener);
          }
        });
      }
    }
    for (Recorded listener : listeners) {
      await().until(() -> listener.positions.size() == 5_000);
      assertThat(listener.positions).isSorted();
    }
    List<StoredEvent> log = store.read(1, 0, 100_000);
    assertThat(log).hasSize(20_000);
    for (long device = 1; device <= 4; device++) {
      long number = device;
      assertThat(
              log.stream()
                  .filter(stored -> stored.event().deviceNumber() == number)
                  .map(stored -> stored.event().timeMillis()))
          .isSorted();
    }
  }

  @Test
  void feed_delivers_stored_events_in_log_order_after_their_acknowledgement() {
    start(small(100_000, 100, 4));
    Recorded listener = new Recorded();
    List<Long> fed = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger early = new AtomicInteger();
    try (TelemetryFeed.Subscription subscription =
        ingest
            .feed()
            .subscribe(batch ->
                batch.forEach(stored -> {
                  if (!listener.positions.contains(stored.position())) {
                    early.incrementAndGet();
                  }
                  fed.add(stored.position());
                }))) {
      for (int i = 0; i < 1_000; i++) {
        ingest.submit(anEvent().build(), listener);
      }
      await().until(() -> fed.size() == 1_000);
      assertThat(subscription).isNotNull();
    }
    assertThat(fed).isSorted();
    assertThat(early).hasValue(0);
    ingest.submit(anEvent().build(), listener);
    await().until(() -> listener.positions.size() == 1_001);
    assertThat(fed).hasSize(1_000);
  }

  @Test
  void throwing_subscriber_does_not_disturb_others_and_goes_on_receiving() {
    start(small(1_000, 1, 4));
    AtomicInteger tried = new AtomicInteger();
    AtomicInteger received = new AtomicInteger();
    ingest
        .feed()
        .subscribe(_ -> {
          tried.incrementAndGet();
          throw new IllegalStateException("as the test wants it");
        });
    ingest.feed().subscribe(batch -> received.addAndGet(batch.size()));
    for (int i = 0; i < 10; i++) {
      ingest.submit(anEvent().build(), AppendListener.NONE);
    }
    await().until(() -> received.get() == 10);
    assertThat(tried).hasValue(10);
  }

  @Test
  void throwing_listener_does_not_disturb_others() {
    start(IngestLimits.DEFAULT);
    Recorded after = new Recorded();
    ingest.submit(
        anEvent().build(),
        new AppendListener() {
          @Override
          public void appended(long position) {
            throw new IllegalStateException("as the test wants it");
          }

          @Override
          public void failed(Problem problem) {}
        });
    ingest.submit(anEvent().build(), after);
    await().until(() -> after.positions.size() == 1);
    assertThat(meters.get("sallyport.ingest.listener.failures").counter().count()).isEqualTo(1);
  }

  @Test
  void full_disk_holds_events_back_and_loses_none() {
    store.failWith(FULL);
    start(IngestLimits.DEFAULT);
    Recorded listener = new Recorded();
    ingest.submit(anEvent().build(), listener);
    await().until(() -> !ingest.accepting());
    await().until(() -> !ingest.health().healthy());
    assertThat(ingest.health().problem()).contains(FULL);
    AtomicInteger resumed = new AtomicInteger();
    ingest.whenAccepting(resumed::incrementAndGet);
    ingest.submit(anEvent().build(), listener);
    assertThat(resumed).hasValue(0);
    assertThat(listener.positions).isEmpty();
    assertThat(listener.failures).isEmpty();
    store.recover();
    await().until(() -> listener.positions.size() == 2);
    await().until(() -> resumed.get() == 1);
    assertThat(ingest.accepting()).isTrue();
    assertThat(ingest.health().healthy()).isTrue();
  }

  @Test
  void full_queue_refuses_at_once_and_accepts_again_when_half_empty() {
    store.failWith(FULL);
    start(small(8, 4, 4));
    Recorded listener = new Recorded();
    for (int i = 0; i < 8; i++) {
      ingest.submit(anEvent().build(), listener);
    }
    assertThat(listener.failures).isEmpty();
    ingest.submit(anEvent().build(), listener);
    assertThat(listener.failures).containsExactly(Problem.Code.UNAVAILABLE);
    assertThat(ingest.accepting()).isFalse();
    assertThat(meters.get("sallyport.ingest.refused").counter().count()).isEqualTo(1);
    store.recover();
    await().until(ingest::accepting);
    await().until(() -> listener.positions.size() == 8);
    AtomicInteger resumed = new AtomicInteger();
    ingest.whenAccepting(resumed::incrementAndGet);
    assertThat(resumed).hasValue(1);
  }

  @Test
  void queue_is_bounded_by_bytes_too() {
    store.failWith(FULL);
    start(new IngestLimits(1_000, 10_000, 100, 5_000, 4, Duration.ofMillis(500)));
    Recorded listener = new Recorded();
    byte[] payload = new byte[2_000];
    for (int i = 0; i < 5; i++) {
      ingest.submit(anEvent().payload(payload).build(), listener);
    }
    assertThat(listener.failures).containsExactly(Problem.Code.UNAVAILABLE);
    store.recover();
    await().until(() -> listener.positions.size() == 4);
    assertThat(meters.get("sallyport.ingest.batch.events").summary().max()).isEqualTo(2);
  }

  @Test
  void event_that_exceeds_limits_is_refused_without_harm_to_its_batch() {
    store.failWith(FULL);
    start(IngestLimits.DEFAULT);
    Recorded good = new Recorded();
    Recorded bad = new Recorded();
    ingest.submit(anEvent().build(), good);
    await().until(() -> !ingest.health().healthy());
    ingest.submit(anEvent().build(), good);
    ingest.submit(anEvent().named("n".repeat(1_000)).build(), bad);
    ingest.submit(anEvent().build(), good);
    store.recover();
    await().until(() -> good.positions.size() == 3);
    assertThat(bad.failures).containsExactly(Problem.Code.INVALID);
    assertThat(good.failures).isEmpty();
    assertThat(meters.get("sallyport.ingest.queue.events").gauge().value()).isZero();
  }

  @Test
  void event_of_a_deleted_tenant_is_failed() {
    store.deleteTenant(9);
    start(IngestLimits.DEFAULT);
    Recorded listener = new Recorded();
    ingest.submit(anEvent().inTenant(9).build(), listener);
    await().until(() -> !listener.failures.isEmpty());
    assertThat(listener.failures).containsExactly(Problem.Code.NOT_FOUND);
  }

  @Test
  void slow_subscriber_holds_ingest_back() {
    start(small(10, 1, 1));
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger fed = new AtomicInteger();
    ingest
        .feed()
        .subscribe(batch -> {
          try {
            release.await();
          } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
          }
          fed.addAndGet(batch.size());
        });
    Recorded listener = new Recorded();
    for (int i = 0; i < 12; i++) {
      ingest.submit(anEvent().build(), listener);
    }
    await().until(() -> !ingest.accepting());
    release.countDown();
    await().until(ingest::accepting);
    await().until(() -> fed.get() == listener.positions.size());
    assertThat(listener.positions.size() + listener.failures.size()).isEqualTo(12);
  }

  @Test
  void stop_stores_and_feeds_what_waits() {
    store.failWith(FULL);
    start(new IngestLimits(1_000, 1 << 20, 10, 1 << 20, 4, Duration.ofSeconds(30)));
    AtomicInteger fed = new AtomicInteger();
    ingest.feed().subscribe(batch -> fed.addAndGet(batch.size()));
    Recorded listener = new Recorded();
    for (int i = 0; i < 500; i++) {
      ingest.submit(anEvent().build(), listener);
    }
    store.recover();
    ingest.close();
    assertThat(listener.positions).hasSize(500);
    assertThat(fed).hasValue(500);
    ingest.submit(anEvent().build(), listener);
    assertThat(listener.failures).containsExactly(Problem.Code.UNAVAILABLE);
  }

  @Test
  void stop_with_a_failing_store_fails_what_waits() {
    store.failWith(FULL);
    start(small(1_000, 10, 4));
    Recorded listener = new Recorded();
    for (int i = 0; i < 25; i++) {
      ingest.submit(anEvent().build(), listener);
    }
    ingest.close();
    assertThat(listener.positions).isEmpty();
    assertThat(listener.failures).hasSize(25).containsOnly(Problem.Code.UNAVAILABLE);
  }
}
