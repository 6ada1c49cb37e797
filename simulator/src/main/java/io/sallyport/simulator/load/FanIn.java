package io.sallyport.simulator.load;

import io.netty.buffer.ByteBuf;
import io.sallyport.simulator.figures.LatencyHistogram;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Many publishers, one subscriber. Either each publisher keeps a window of messages on their way
 * (received, and at QoS 1 acknowledged too), which finds the most the server can do without ever
 * overrunning a bounded queue; or all publishers together keep a fixed rate, which measures
 * latency.
 */
final class FanIn implements Scenario {
  private static final int AT_RATE_PUBLISHERS = 10;
  private static final long STALL_MILLIS = 2_000;

  private final String name;
  private final int qos;
  private final int messagesPerSecond;

  private FanIn(String name, int qos, int messagesPerSecond) {
    this.name = name;
    this.qos = qos;
    this.messagesPerSecond = messagesPerSecond;
  }

  /** As fast as the server takes and delivers them. */
  static FanIn saturating(int qos) {
    return new FanIn("fan-in-qos" + qos, qos, 0);
  }

  /** At a fixed rate. */
  static FanIn paced(String name, int qos, int messagesPerSecond) {
    return new FanIn(name, qos, messagesPerSecond);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ScenarioResult run(LoadTarget target, LoadPlan plan)
      throws IOException, InterruptedException {
    int publishers =
        Math.min(
            target.publishersMax(), messagesPerSecond > 0 ? AT_RATE_PUBLISHERS : plan.publishers());
    try (LoadLoop loop = new LoadLoop(target.endpoint())) {
      Flow flow = new Flow(publishers, plan.window());
      LoadClient subscriber =
          LoadLoop.await(loop.open(target.subscriber(0), flow, LoadLoop.Handshake.FULL));
      int granted = LoadLoop.await(subscriber.subscribe(target.filterOfAll(), qos));
      if (granted != qos) {
        throw new IOException("QoS " + qos + " asked, " + granted + " granted");
      }
      List<LoadClient> clients =
          loop.openAll(IntStream.range(0, publishers).mapToObj(target::publisher).toList(), flow);
      loop.run(() -> flow.attach(clients, target));
      ScheduledFuture<?> ticking =
          messagesPerSecond > 0
              ? loop.timer()
                  .scheduleAtFixedRate(
                      flow::sendOnePaced,
                      0,
                      1_000_000_000L / messagesPerSecond,
                      TimeUnit.NANOSECONDS)
              : loop.timer()
                  .scheduleAtFixedRate(
                      flow::unstall, STALL_MILLIS, STALL_MILLIS, TimeUnit.MILLISECONDS);
      if (messagesPerSecond == 0) {
        loop.run(flow::startSaturating);
      }
      Thread.sleep(plan.warmUp());
      Stopwatch start = loop.runTimed(target, flow::startCounting);
      Thread.sleep(plan.length());
      Stopwatch end = loop.runTimed(target, flow::stopCounting);
      ticking.cancel(false);
      loop.awaitSettled(flow::settled);
      return new ScenarioResult(
          name,
          target.name(),
          "message",
          flow.counted,
          start.secondsTo(end),
          start.cpuMicrosEach(end, flow.counted),
          ScenarioResult.Latency.of(flow.latency),
          flow.lost(),
          flow.doubled(),
          flow.closed == 0 ? "" : flow.closed + " connections were closed");
    }
  }

  private static final class Publisher {
    final LoadClient client;
    final byte[] topic;
    final byte[] payload;
    final Arrivals arrivals = new Arrivals();
    long sent;
    long acknowledged;
    long written;
    boolean due;

    Publisher(LoadClient client, byte[] topic, byte[] payload) {
      this.client = client;
      this.topic = topic;
      this.payload = payload;
    }
  }

  /** All state of the scenario; belongs to the event loop. */
  private final class Flow implements LoadEvents {
    final LatencyHistogram latency = new LatencyHistogram();
    private final List<Publisher> publishers;
    private final IdentityHashMap<LoadClient, Publisher> byClient = new IdentityHashMap<>();
    private final ArrayDeque<Publisher> due = new ArrayDeque<>();
    private final int window;
    private boolean sending;
    private boolean counting;
    private int turn;
    private long arrived;
    private long arrivedAtLastLook;
    long counted;
    long closed;

    Flow(int publishers, int window) {
      this.publishers = new ArrayList<>(publishers);
      this.window = window;
    }

    void attach(List<LoadClient> clients, LoadTarget target) {
      for (int i = 0; i < clients.size(); i++) {
        Publisher publisher =
            new Publisher(clients.get(i), MqttEncoder.utf8(target.topic(i)), StampedPayload.of(i));
        publishers.add(publisher);
        byClient.put(clients.get(i), publisher);
      }
      sending = true;
    }

    void startSaturating() {
      publishers.forEach(this::fillWindow);
    }

    void startCounting() {
      latency.reset();
      counting = true;
    }

    void stopCounting() {
      counting = false;
      sending = false;
    }

    void sendOnePaced() {
      if (sending) {
        Publisher publisher = publishers.get(turn);
        turn = (turn + 1) % publishers.size();
        send(publisher);
        publisher.client.flushPending();
      }
    }

    /** A message lost for good would keep its place in the window: after a stall, make room. */
    void unstall() {
      if (sending && arrived == arrivedAtLastLook) {
        for (Publisher publisher : publishers) {
          publisher.written = publisher.sent;
          fillWindow(publisher);
        }
      }
      arrivedAtLastLook = arrived;
    }

    boolean settled() {
      return publishers.stream()
          .allMatch(publisher ->
              publisher.arrivals.expected() == publisher.sent
                  && (qos == 0 || publisher.acknowledged == publisher.sent));
    }

    long lost() {
      return publishers.stream().mapToLong(one -> one.arrivals.lostOf(one.sent)).sum();
    }

    long doubled() {
      return publishers.stream().mapToLong(one -> one.arrivals.doubled()).sum();
    }

    @Override
    public void received(LoadClient client, ByteBuf payload, int payloadBytes) {
      if (payloadBytes != StampedPayload.BYTES) {
        return;
      }
      Publisher publisher = publishers.get(StampedPayload.publisher(payload));
      arrived++;
      if (publisher.arrivals.enter(StampedPayload.sequence(payload)) && counting) {
        counted++;
        latency.record(System.nanoTime() - StampedPayload.nanos(payload));
      }
      enqueue(publisher);
    }

    @Override
    public void acknowledged(LoadClient client) {
      Publisher publisher = byClient.get(client);
      if (publisher != null) {
        publisher.acknowledged++;
        enqueue(publisher);
      }
    }

    @Override
    public void readComplete(LoadClient client) {
      for (Publisher next = due.poll(); next != null; next = due.poll()) {
        next.due = false;
        fillWindow(next);
      }
    }

    @Override
    public void closed(LoadClient client) {
      if (sending) {
        closed++;
      }
    }

    private void enqueue(Publisher publisher) {
      if (messagesPerSecond == 0 && !publisher.due) {
        publisher.due = true;
        due.add(publisher);
      }
    }

    private void fillWindow(Publisher publisher) {
      long settled = publisher.arrivals.expected();
      if (qos > 0) {
        settled = Math.min(settled, publisher.acknowledged);
      }
      publisher.written = Math.max(publisher.written, settled);
      while (sending && publisher.sent - publisher.written < window) {
        send(publisher);
      }
      publisher.client.flushPending();
    }

    private void send(Publisher publisher) {
      StampedPayload.stamp(publisher.payload, publisher.sent++, System.nanoTime());
      publisher.client.publish(publisher.topic, qos, publisher.payload);
    }
  }
}
