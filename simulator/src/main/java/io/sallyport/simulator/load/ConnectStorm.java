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
 * Handshake, CONNECT, CONNACK and orderly end, over the publishers' logins in turn: eight at a time
 * with full handshakes, or one after the other with resumed ones, since a ticket is good for one
 * connection. It warms up for the plan's whole time, since a server on a JVM compiles the way of a
 * login only after thousands of them. Without resumption the second kind fails rather than give a
 * figure of the first.
 */
final class ConnectStorm implements Scenario {
  private final Handshake handshake;
  private final int atATime;

  ConnectStorm(Handshake handshake) {
    this.handshake = handshake;
    this.atATime = handshake == Handshake.FULL ? 8 : 1;
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
      connect(
          loop, target, Integer.MAX_VALUE, System.nanoTime() + plan.warmUp().toNanos(), latency);
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
      if (handshake == Handshake.RESUMED && resumed == 0) {
        throw new IOException("none of " + done + " connections resumed a TLS session");
      }
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
          handshake == Handshake.RESUMED ? resumed + " of " + done + " resumed" : "");
    }
  }

  private long connect(
      LoadLoop loop, LoadTarget target, int connectsMax, long endNanos, LatencyHistogram latency)
      throws IOException, InterruptedException {
    Semaphore slots = new Semaphore(atATime);
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
    if (!slots.tryAcquire(atATime, 30, TimeUnit.SECONDS)) {
      throw new IOException("some connections were never answered");
    }
    Throwable problem = failure.get();
    if (problem != null) {
      throw new IOException("a connection failed: " + problem, problem);
    }
    return done.get();
  }
}
