package io.sallyport.simulator.load;

import io.netty.buffer.ByteBuf;
import io.sallyport.simulator.figures.LatencyHistogram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * One publisher's stream to many subscribers at QoS 0; ten messages are on their way at a time, the
 * next leaves when the oldest reached everybody. Figures are per delivery.
 */
final class FanOut implements Scenario {
  private static final int OUTSTANDING = 10;
  private static final long STALL_MILLIS = 3_000;

  @Override
  public String name() {
    return "fan-out";
  }

  @Override
  public ScenarioResult run(LoadTarget target, LoadPlan plan)
      throws IOException, InterruptedException {
    try (LoadLoop loop = new LoadLoop(target.endpoint())) {
      Flow flow = new Flow();
      List<LoadClient> subscribers =
          loop.openAll(
              IntStream.range(0, plan.subscribers()).mapToObj(target::subscriber).toList(), flow);
      List<CompletableFuture<Integer>> grants = new ArrayList<>();
      for (LoadClient subscriber : subscribers) {
        grants.add(subscriber.subscribe(target.filter(0), 0));
      }
      for (CompletableFuture<Integer> grant : grants) {
        if (LoadLoop.await(grant) != 0) {
          throw new IOException("a subscription was refused");
        }
      }
      LoadClient publisher =
          LoadLoop.await(loop.open(target.publisher(0), flow, LoadLoop.Handshake.FULL));
      loop.run(() -> flow.start(subscribers, publisher, MqttEncoder.utf8(target.topic(0))));
      ScheduledFuture<?> watching =
          loop.timer()
              .scheduleAtFixedRate(
                  flow::unstall, STALL_MILLIS, STALL_MILLIS, TimeUnit.MILLISECONDS);
      Thread.sleep(plan.warmUp());
      Stopwatch start = loop.runTimed(target, flow::startCounting);
      Thread.sleep(plan.length());
      Stopwatch end = loop.runTimed(target, flow::stop);
      watching.cancel(false);
      loop.awaitSettled(flow::settled);
      return new ScenarioResult(
          name(),
          target.name(),
          "delivery",
          flow.counted,
          start.secondsTo(end),
          start.cpuMicrosEach(end, flow.counted),
          ScenarioResult.Latency.of(flow.latency),
          flow.lost(),
          flow.doubled(),
          plan.subscribers() + " subscribers");
    }
  }

  private static final class Stream {
    final LoadClient publisher;
    final byte[] topic;

    Stream(LoadClient publisher, byte[] topic) {
      this.publisher = publisher;
      this.topic = topic;
    }
  }

  /** All state of the scenario; belongs to the event loop. */
  private static final class Flow implements LoadEvents {
    final LatencyHistogram latency = new LatencyHistogram();
    private final IdentityHashMap<LoadClient, Arrivals> subscribers = new IdentityHashMap<>();
    private final int[] deliveries = new int[64];
    private final byte[] payload = StampedPayload.of(0);
    private final List<Stream> streams = new ArrayList<>(1);
    private boolean sending;
    private boolean counting;
    private long sent;
    private long completed;
    private long arrived;
    private long arrivedAtLastLook;
    long counted;

    void start(List<LoadClient> clients, LoadClient publisher, byte[] topic) {
      clients.forEach(client -> subscribers.put(client, new Arrivals()));
      streams.add(new Stream(publisher, topic));
      sending = true;
      fill();
    }

    void startCounting() {
      latency.reset();
      counting = true;
    }

    void stop() {
      sending = false;
      counting = false;
    }

    void unstall() {
      if (arrived == arrivedAtLastLook) {
        completed = sent;
        fill();
      }
      arrivedAtLastLook = arrived;
    }

    boolean settled() {
      return subscribers.values().stream().allMatch(one -> one.expected() == sent);
    }

    long lost() {
      return subscribers.values().stream().mapToLong(one -> one.lostOf(sent)).sum();
    }

    long doubled() {
      return subscribers.values().stream().mapToLong(Arrivals::doubled).sum();
    }

    @Override
    public void received(LoadClient client, ByteBuf message, int payloadBytes) {
      Arrivals arrivals = subscribers.get(client);
      if (arrivals == null || payloadBytes != StampedPayload.BYTES) {
        return;
      }
      arrived++;
      long sequence = StampedPayload.sequence(message);
      if (!arrivals.enter(sequence)) {
        return;
      }
      if (counting) {
        counted++;
        latency.record(System.nanoTime() - StampedPayload.nanos(message));
      }
      int slot = (int) (sequence % deliveries.length);
      if (++deliveries[slot] == subscribers.size()) {
        completed = Math.max(completed, sequence + 1);
        fill();
      }
    }

    private void fill() {
      for (Stream stream : streams) {
        while (sending && sent - completed < OUTSTANDING) {
          deliveries[(int) (sent % deliveries.length)] = 0;
          StampedPayload.stamp(payload, sent++, System.nanoTime());
          stream.publisher.publish(stream.topic, 0, payload);
        }
        stream.publisher.flushPending();
      }
    }
  }
}
