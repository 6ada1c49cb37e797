package io.sallyport.simulator.load;

import static java.util.Locale.ROOT;

import io.netty.buffer.ByteBuf;
import io.sallyport.simulator.figures.LatencyHistogram;
import io.sallyport.simulator.load.LoadLoop.Dial;
import io.sallyport.simulator.load.LoadLoop.Handshake;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A fan-out at a fixed rate to fast readers and one that stops to read: what the fast ones see with
 * and without it, and what becomes of it.
 */
final class SlowReaderTrial {
  private static final int SLOW_RECEIVE_BYTES = 16 * 1024;
  private static final int TICKS_PER_SECOND = 100;
  private static final long LOOK_MILLIS = 500;

  private final LoadTarget target;
  private final StormPlan.SlowReader plan;
  private final int publisher;
  private final int firstSubscriber;

  /**
   * @param publisher the number of the one that publishes
   * @param firstSubscriber the number of the first of those that read
   */
  SlowReaderTrial(
      LoadTarget target, StormPlan.SlowReader plan, int publisher, int firstSubscriber) {
    this.target = target;
    this.plan = plan;
    this.publisher = publisher;
    this.firstSubscriber = firstSubscriber;
  }

  Findings run() throws IOException, InterruptedException {
    try (LoadLoop loop = new LoadLoop(target.endpoint())) {
      Flow flow = new Flow();
      LoadClient slow =
          LoadLoop.await(
              loop.open(
                      target.subscriber(firstSubscriber),
                      flow,
                      new Dial(Handshake.FULL, null, 0, SLOW_RECEIVE_BYTES))
                  .opened());
      List<LoadClient> fast = new ArrayList<>();
      for (int i = 1; i <= plan.fast(); i++) {
        fast.add(
            LoadLoop.await(
                loop.open(target.subscriber(firstSubscriber + i), flow, Handshake.FULL)));
      }
      LoadLoop.await(slow.subscribe(target.filter(publisher), 0));
      for (LoadClient reader : fast) {
        LoadLoop.await(reader.subscribe(target.filter(publisher), 0));
      }
      LoadClient writer =
          LoadLoop.await(loop.open(target.publisher(publisher), flow, Handshake.FULL));
      loop.run(() -> flow.begin(slow, fast));
      byte[] topic = MqttEncoder.utf8(target.topic(publisher));
      ScheduledFuture<?> ticking =
          loop.timer()
              .scheduleAtFixedRate(
                  () -> flow.send(writer, topic),
                  0,
                  1_000_000_000L / TICKS_PER_SECOND,
                  TimeUnit.NANOSECONDS);
      // Compiled and in step before anything counts.
      Thread.sleep(plan.length().dividedBy(4));
      ScenarioResult alone = measure(loop, flow, "storm-fast-alone", "all read");
      loop.run(slow::stopReading);
      long stopped = System.nanoTime();
      ScenarioResult beside = measure(loop, flow, "storm-fast-slow", "one reads nothing");
      String fate = watch(slow, stopped);
      ticking.cancel(false);
      loop.awaitSettled(flow::fastSettled);
      loop.run(() -> flow.ending = true);
      List<String> failures = new ArrayList<>();
      if (flow.fastClosed > 0) {
        failures.add(flow.fastClosed + " fast readers were closed beside a slow one");
      }
      return new Findings(List.of(alone, withFate(beside, flow, fate)), failures);
    }
  }

  private ScenarioResult measure(LoadLoop loop, Flow flow, String name, String note)
      throws IOException, InterruptedException {
    Stopwatch start = loop.runTimed(target, flow::startCounting);
    Thread.sleep(plan.length());
    Stopwatch end = loop.runTimed(target, () -> flow.counting = false);
    return LoadLoop.await(
        CompletableFuture.supplyAsync(
            () ->
                new ScenarioResult(
                    name,
                    target.name(),
                    "delivery",
                    flow.counted,
                    start.secondsTo(end),
                    start.cpuMicrosEach(end, flow.counted),
                    ScenarioResult.Latency.of(flow.latency),
                    0,
                    0,
                    String.format(
                        ROOT,
                        "%d fast readers, %d messages of %d bytes a second; %s",
                        plan.fast(),
                        plan.perSecond(),
                        plan.payloadBytes(),
                        note)),
            loop.executor()));
  }

  private String watch(LoadClient slow, long stoppedNanos)
      throws IOException, InterruptedException {
    InetSocketAddress client = slow.localAddress();
    long end = stoppedNanos + plan.patience().toNanos();
    while (System.nanoTime() < end) {
      if (!SocketTable.held(target.endpoint().port(), client)) {
        return String.format(
            ROOT,
            "the slow one was closed %.0f s after it had stopped to read",
            (System.nanoTime() - stoppedNanos) / 1e9);
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return String.format(
        ROOT,
        "the slow one was still connected after %.0f s",
        (System.nanoTime() - stoppedNanos) / 1e9);
  }

  private static ScenarioResult withFate(ScenarioResult result, Flow flow, String fate) {
    return new ScenarioResult(
        result.scenario(),
        result.target(),
        result.unit(),
        result.count(),
        result.seconds(),
        result.cpuMicrosEach(),
        result.latency(),
        flow.lost(),
        flow.doubled(),
        result.note()
            + String.format(
                ROOT, "; %s, with %,d of %,d messages read", fate, flow.slowGot, flow.sent));
  }

  /** Belongs to the loop; the counts are read after its last step. */
  private final class Flow implements LoadEvents {
    private final LatencyHistogram latency = new LatencyHistogram();
    private final IdentityHashMap<LoadClient, Arrivals> fast = new IdentityHashMap<>();
    private final IdentityHashMap<LoadClient, Arrivals> slow = new IdentityHashMap<>();
    private final byte[] payload = StampedPayload.of(0, plan.payloadBytes());
    private long begunNanos;
    private long sent;
    private long counted;
    private long slowGot;
    private boolean counting;
    private boolean ending;
    private int fastClosed;

    void begin(LoadClient slowOne, List<LoadClient> fastOnes) {
      slow.put(slowOne, new Arrivals());
      fastOnes.forEach(one -> fast.put(one, new Arrivals()));
      begunNanos = System.nanoTime();
    }

    void startCounting() {
      latency.reset();
      counted = 0;
      counting = true;
    }

    void send(LoadClient writer, byte[] topic) {
      long due = (long) ((System.nanoTime() - begunNanos) / 1e9 * plan.perSecond());
      while (sent < due) {
        StampedPayload.stamp(payload, sent++, System.nanoTime());
        writer.publish(topic, 0, payload);
      }
      writer.flushPending();
    }

    boolean fastSettled() {
      return fast.values().stream().allMatch(one -> one.expected() == sent);
    }

    long lost() {
      return fast.values().stream().mapToLong(one -> one.lostOf(sent)).sum();
    }

    long doubled() {
      return fast.values().stream().mapToLong(Arrivals::doubled).sum();
    }

    @Override
    public void received(LoadClient client, ByteBuf message, int payloadBytes) {
      if (payloadBytes != plan.payloadBytes()) {
        return;
      }
      Arrivals arrivals = fast.get(client);
      if (arrivals == null) {
        slowGot++;
      } else if (arrivals.enter(StampedPayload.sequence(message)) && counting) {
        counted++;
        latency.record(System.nanoTime() - StampedPayload.nanos(message));
      }
    }

    @Override
    public void closed(LoadClient client) {
      if (!ending && !slow.containsKey(client)) {
        fastClosed++;
      }
    }
  }
}
