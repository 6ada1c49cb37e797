package io.sallyport.simulator.load;

import io.sallyport.simulator.figures.LatencyHistogram;
import io.sallyport.simulator.load.LoadLoop.Handshake;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Handshake, CONNECT, CONNACK and orderly end, eight at a time, over the publishers' logins in
 * turn; with full handshakes or with resumed ones.
 */
final class ConnectStorm implements Scenario {
  private static final int AT_A_TIME = 8;
  private static final int WARM_UP_CONNECTS = 200;

  private final Handshake handshake;

  ConnectStorm(Handshake handshake) {
    this.handshake = handshake;
  }

  @Override
  public String name() {
    return handshake == Handshake.FULL ? "connect" : "connect-resumed";
  }

  @Override
  public ScenarioResult run(LoadTarget target, LoadPlan plan)
      throws IOException, InterruptedException {
    try (LoadLoop loop = new LoadLoop(target.endpoint())) {
      LatencyHistogram latency = new LatencyHistogram();
      connect(loop, target, WARM_UP_CONNECTS, Long.MAX_VALUE, latency);
      latency.reset();
      long resumedBefore = loop.resumedSessions();
      Stopwatch start = Stopwatch.start(target);
      long done =
          connect(
              loop,
              target,
              plan.connectsMax(),
              System.nanoTime() + plan.length().toNanos(),
              latency);
      Stopwatch end = Stopwatch.start(target);
      long resumed = loop.resumedSessions() - resumedBefore;
      return new ScenarioResult(
          name(),
          target.name(),
          "connection",
          done,
          start.secondsTo(end),
          start.cpuMicrosEach(end, done),
          ScenarioResult.Latency.of(latency),
          0,
          0,
          target.endpoint().encrypted() ? resumed + " of " + done + " resumed" : "");
    }
  }

  private long connect(
      LoadLoop loop, LoadTarget target, int connectsMax, long endNanos, LatencyHistogram latency)
      throws IOException, InterruptedException {
    Semaphore slots = new Semaphore(AT_A_TIME);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>(null);
    AtomicLong done = new AtomicLong();
    int begun = 0;
    while (begun < connectsMax && System.nanoTime() < endNanos && failure.get() == null) {
      if (!slots.tryAcquire(30, TimeUnit.SECONDS)) {
        throw new IOException("no connection was answered for 30 s");
      }
      long start = System.nanoTime();
      LoadLogin login = target.publisher(begun++ % Math.min(100, target.publishersMax()));
      var _ =
          loop.open(login, new LoadEvents() {}, handshake)
              .thenCompose(client -> {
                latency.record(System.nanoTime() - start);
                done.incrementAndGet();
                return client.close();
              })
              .whenComplete((closed, problem) -> {
                if (problem != null) {
                  failure.compareAndSet(null, problem);
                }
                slots.release();
              });
    }
    if (!slots.tryAcquire(AT_A_TIME, 30, TimeUnit.SECONDS)) {
      throw new IOException("some connections were never answered");
    }
    Throwable problem = failure.get();
    if (problem != null) {
      throw new IOException("a connection failed: " + problem, problem);
    }
    return done.get();
  }
}
