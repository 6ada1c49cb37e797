package io.sallyport.simulator.load;

import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.EventHistory;
import io.sallyport.simulator.access.RestClient;
import io.sallyport.simulator.figures.LatencyHistogram;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The latest 50 events of a device by REST, one read after the other on one connection. */
final class HistoryReads implements Scenario {
  private static final int LATEST = 50;
  private static final int DEVICES = 20;
  private static final int STORED_EACH = 200;
  private static final int WARM_UP_READS = 200;

  private final URI https;

  HistoryReads(URI https) {
    this.https = https;
  }

  @Override
  public String name() {
    return "history";
  }

  @Override
  public ScenarioResult run(LoadTarget target, LoadPlan plan)
      throws IOException, InterruptedException {
    if (!(target instanceof WatsonTarget watson)) {
      throw new IOException("only a server with history has this scenario");
    }
    int devices = Math.min(DEVICES, watson.publishersMax());
    store(watson, devices);
    try (RestClient rest =
        new RestClient(https, watson.endpoint().caFile(), watson.application())) {
      EventHistory history = new EventHistory(rest, watson.application().organization());
      LatencyHistogram latency = new LatencyHistogram();
      for (int i = 0; i < WARM_UP_READS; i++) {
        read(history, watson.devices().get(i % devices), null);
      }
      Stopwatch start = Stopwatch.start(target);
      long end = System.nanoTime() + plan.length().toNanos();
      int reads = 0;
      while (reads < plan.readsMax() && System.nanoTime() < end) {
        read(history, watson.devices().get(reads++ % devices), latency);
      }
      Stopwatch stop = Stopwatch.start(target);
      return new ScenarioResult(
          name(),
          target.name(),
          "read",
          reads,
          start.secondsTo(stop),
          start.cpuMicrosEach(stop, reads),
          ScenarioResult.Latency.of(latency),
          0,
          0,
          "latest " + LATEST + " events over HTTPS");
    }
  }

  private static void read(
      EventHistory history, DeviceLogin device, @Nullable LatencyHistogram latency)
      throws IOException, InterruptedException {
    AtomicInteger events = new AtomicInteger();
    long start = System.nanoTime();
    var _ = history.readPage(device, LATEST, null, event -> events.incrementAndGet());
    if (events.get() != LATEST) {
      throw new IOException(LATEST + " events expected, " + events.get() + " read");
    }
    if (latency != null) {
      latency.record(System.nanoTime() - start);
    }
  }

  /** Stores what is going to be read, acknowledged one by one. */
  private static void store(WatsonTarget target, int devices)
      throws IOException, InterruptedException {
    try (LoadLoop loop = new LoadLoop(target.endpoint())) {
      for (int i = 0; i < devices; i++) {
        CompletableFuture<Void> stored = new CompletableFuture<>();
        AtomicInteger acknowledged = new AtomicInteger();
        LoadEvents events =
            new LoadEvents() {
              @Override
              public void acknowledged(LoadClient client) {
                if (acknowledged.incrementAndGet() == STORED_EACH) {
                  stored.complete(null);
                }
              }
            };
        LoadClient client =
            LoadLoop.await(loop.open(target.publisher(i), events, LoadLoop.Handshake.FULL));
        byte[] topic = MqttEncoder.utf8(target.topic(i));
        byte[] payload = StampedPayload.of(i);
        loop.executor()
            .execute(() -> {
              for (int n = 0; n < STORED_EACH; n++) {
                StampedPayload.stamp(payload, n, System.nanoTime());
                client.publish(topic, 1, payload);
              }
              client.flushPending();
            });
        LoadLoop.await(stored);
        LoadLoop.await(client.close());
      }
    }
  }
}
