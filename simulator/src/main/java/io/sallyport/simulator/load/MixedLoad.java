package io.sallyport.simulator.load;

import io.netty.buffer.ByteBuf;
import io.sallyport.simulator.figures.LatencyHistogram;
import io.sallyport.simulator.load.LoadLoop.Handshake;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a platform does all day: devices' events at QoS 0 and 1, an application with a durable
 * subscription that reads them all and sends commands, traffic of a plain space to a reader whose
 * session outlives its connections and who is cut off now and then, and devices that come and go.
 *
 * <p>One event loop; all state belongs to it.
 */
final class MixedLoad implements AutoCloseable {
  private static final int EVENTS_PER_COMMAND = 40;
  private static final int EVENTS_PER_PLAIN = 4;
  private static final int PLAIN_PUBLISHERS = 10;
  private static final int COMMAND_WINDOW = 2;
  private static final int QOS = 1;
  private static final long STALL_SECONDS = 5;
  private static final long TICK_NANOS = 1_000_000;
  private static final long SETTLE_NANOS = 30_000_000_000L;

  private final LoadTarget devices;
  private final LoadTarget plain;
  private final SoakPlan plan;
  private final LoadLoop loop;
  private final LoadLoop plainLoop;
  private final Lane eventsAtMostOnce;
  private final Lane events;
  private final Lane commands;
  private final Lane plainMessages;
  private final List<Lane> lanes;
  private final IdentityHashMap<LoadClient, Lane.Stream> streams = new IdentityHashMap<>();
  private final Map<String, Integer> problems = new TreeMap<>();
  private final List<ScheduledFuture<?>> timers = new ArrayList<>();
  private final LatencyHistogram late = new LatencyHistogram();
  private @Nullable LoadClient plainReader;
  private double perSecond;
  private long lastTickNanos;
  private boolean sending;
  private boolean ending;
  private long cuts;
  private long visits;

  /** Connects and subscribes all; nothing is sent yet. */
  MixedLoad(LoadTarget devices, LoadTarget plain, SoakPlan plan)
      throws IOException, InterruptedException {
    this.devices = devices;
    this.plain = plain;
    this.plan = plan;
    this.eventsAtMostOnce = new Lane("soak-events-qos0", 0, plan.window(), false);
    this.events = new Lane("soak-events-qos1", 1, plan.window(), false);
    this.commands = new Lane("soak-commands", 1, COMMAND_WINDOW, true);
    this.plainMessages = new Lane("soak-plain", 1, plan.window(), false);
    this.lanes = List.of(eventsAtMostOnce, events, commands, plainMessages);
    this.loop = new LoadLoop(devices.endpoint());
    try {
      this.plainLoop = loop.beside(plain.endpoint());
      connect();
    } catch (IOException | InterruptedException | RuntimeException e) {
      loop.close();
      throw e;
    }
  }

  private void connect() throws IOException, InterruptedException {
    LoadClient application =
        LoadLoop.await(
            loop.open(devices.subscriber(0).lasting(), new Application(), Handshake.FULL));
    require(LoadLoop.await(application.subscribe(devices.filterOfAll(), QOS)), "the events");
    List<LoadClient> reporting = new ArrayList<>();
    for (int i = 0; i < plan.devices(); i++) {
      LoadClient device =
          LoadLoop.await(loop.open(devices.publisher(i), new Device(), Handshake.FULL));
      require(LoadLoop.await(device.subscribe(devices.commandFilter(i), QOS)), "the commands");
      reporting.add(device);
    }
    LoadClient reader =
        LoadLoop.await(
            plainLoop.open(plain.subscriber(0).lasting(), new PlainReader(), Handshake.FULL));
    require(LoadLoop.await(reader.subscribe(plain.filterOfAll(), QOS)), "the plain messages");
    List<LoadClient> publishing = new ArrayList<>();
    for (int i = 0; i < PLAIN_PUBLISHERS; i++) {
      publishing.add(
          LoadLoop.await(plainLoop.open(plain.publisher(i), new Publisher(), Handshake.FULL)));
    }
    loop.run(() -> {
      plainReader = reader;
      for (int i = 0; i < reporting.size(); i++) {
        streams.put(reporting.get(i), eventsOf(i).add(reporting.get(i), devices.topic(i), i));
        var _ = commands.add(application, devices.commandTopic(i), i);
      }
      for (int i = 0; i < publishing.size(); i++) {
        streams.put(publishing.get(i), plainMessages.add(publishing.get(i), plain.topic(i), i));
      }
    });
  }

  List<Lane> lanes() {
    return lanes;
  }

  /** Everything as fast as the windows allow, in the proportions of the mix. */
  void saturate() throws IOException, InterruptedException {
    loop.run(() -> {
      sending = true;
      perSecond = 0;
      events.unlimited(true);
      eventsAtMostOnce.unlimited(true);
      events.pump();
      eventsAtMostOnce.pump();
      timers.add(
          loop.timer()
              .scheduleAtFixedRate(
                  () -> lanes.forEach(Lane::unstall),
                  STALL_SECONDS,
                  STALL_SECONDS,
                  TimeUnit.SECONDS));
    });
  }

  /** All kinds together at this rate, with clients that come and go. */
  void pace(double messagesPerSecond) throws IOException, InterruptedException {
    loop.run(() -> {
      sending = true;
      perSecond = messagesPerSecond;
      lastTickNanos = System.nanoTime();
      lanes.forEach(lane -> lane.unlimited(false));
      every(this::tick, TICK_NANOS / 1_000_000);
      every(() -> lanes.forEach(Lane::unstall), STALL_SECONDS * 1_000);
      every(this::cutPlainReader, plan.cutEvery().toMillis());
      every(this::visit, plan.churnEvery().toMillis());
    });
  }

  /** Sends no more; what is on its way arrives, or is lost. */
  void pause() throws IOException, InterruptedException {
    loop.run(() -> {
      sending = false;
      timers.forEach(timer -> timer.cancel(false));
      timers.clear();
    });
    long end = System.nanoTime() + SETTLE_NANOS;
    while (System.nanoTime() < end
        && !LoadLoop.await(
            CompletableFuture.supplyAsync(
                () -> lanes.stream().allMatch(Lane::settled), loop.executor()))) {
      Thread.sleep(20);
    }
  }

  Stopwatch startCounting() throws IOException, InterruptedException {
    return loop.runTimed(devices, () -> lanes.forEach(Lane::startCounting));
  }

  Stopwatch stopCounting() throws IOException, InterruptedException {
    return loop.runTimed(devices, () -> lanes.forEach(Lane::stopCounting));
  }

  /** Says whether something beside the load delays messages now. */
  void disturbed(boolean now) throws IOException, InterruptedException {
    loop.run(() -> lanes.forEach(lane -> lane.disturbed(now)));
  }

  /** What went wrong with clients, and how often. */
  Map<String, Integer> problems() throws IOException, InterruptedException {
    return LoadLoop.await(
        CompletableFuture.supplyAsync(() -> new TreeMap<>(problems), loop.executor()));
  }

  /**
   * How often the reader with a lasting session was cut off, and how many devices came and went.
   */
  String comings() throws IOException, InterruptedException {
    return LoadLoop.await(
        CompletableFuture.supplyAsync(
            () -> cuts + " cuts of the plain reader, " + visits + " visits of devices",
            loop.executor()));
  }

  /** How late this generator itself was: what the machine delays, whatever the server does. */
  ScenarioResult.Latency late() {
    return ScenarioResult.Latency.of(late);
  }

  /** Ends the lasting sessions, so that nothing is kept for nobody. */
  void forget() throws IOException, InterruptedException {
    loop.run(() -> ending = true);
    LoadEvents nothing = new LoadEvents() {};
    LoadLogin application = devices.subscriber(0);
    LoadLoop.await(LoadLoop.await(loop.open(application, nothing, Handshake.FULL)).close());
    LoadLoop.await(
        LoadLoop.await(plainLoop.open(plain.subscriber(0), nothing, Handshake.FULL)).close());
  }

  @Override
  public void close() {
    loop.executor().execute(() -> ending = true);
    loop.close();
  }

  private static void require(int granted, String what) throws IOException {
    if (granted != QOS) {
      throw new IOException("the subscription to " + what + " was answered with " + granted);
    }
  }

  private void every(Runnable step, long millis) {
    timers.add(loop.timer().scheduleAtFixedRate(step, millis, millis, TimeUnit.MILLISECONDS));
  }

  private void tick() {
    long now = System.nanoTime();
    double seconds = (now - lastTickNanos) / 1e9;
    late.record(now - lastTickNanos - TICK_NANOS);
    lastTickNanos = now;
    double eventsPerSecond = perSecond / (1 + 1.0 / EVENTS_PER_COMMAND + 1.0 / EVENTS_PER_PLAIN);
    credit(events, eventsPerSecond / 2, seconds);
    credit(eventsAtMostOnce, eventsPerSecond / 2, seconds);
    credit(commands, eventsPerSecond / EVENTS_PER_COMMAND, seconds);
    credit(plainMessages, eventsPerSecond / EVENTS_PER_PLAIN, seconds);
    pump();
  }

  private static void credit(Lane lane, double lanePerSecond, double seconds) {
    lane.credit(lanePerSecond * seconds, lanePerSecond);
  }

  private void pump() {
    if (sending) {
      events.pump();
      eventsAtMostOnce.pump();
      commands.pump();
      plainMessages.pump();
    }
  }

  private void problem(String what) {
    if (!ending) {
      problems.merge(what, 1, Integer::sum);
    }
  }

  private void cutPlainReader() {
    LoadClient reader = plainReader;
    if (reader != null) {
      plainReader = null;
      cuts++;
      reader.cut();
      openPlainReader();
    }
  }

  private void openPlainReader() {
    var _ =
        plainLoop
            .open(plain.subscriber(0).lasting(), new PlainReader(), Handshake.FULL)
            .whenCompleteAsync(
                (client, problem) -> {
                  if (problem == null) {
                    plainReader = client;
                  } else if (!ending) {
                    problem("the plain reader did not come back: " + problem.getMessage());
                    var _ = loop.timer().schedule(this::openPlainReader, 1, TimeUnit.SECONDS);
                  }
                },
                loop.executor());
  }

  /** A device comes, subscribes, stays for a second and goes: in order, or every other one not. */
  private void visit() {
    int number = plan.devices() + (int) (visits % SoakPlan.CHURNING);
    boolean inOrder = visits++ % 2 == 0;
    var _ =
        loop.open(devices.publisher(number), new LoadEvents() {}, Handshake.FULL)
            .thenCompose(client ->
                client
                    .subscribe(devices.commandFilter(number), QOS)
                    .thenAccept(granted -> {
                      var _ =
                          loop.timer().schedule(() -> leave(client, inOrder), 1, TimeUnit.SECONDS);
                    }))
            .whenCompleteAsync(
                (done, problem) ->
                    Optional.ofNullable(problem)
                        .ifPresent(it -> problem("a visit failed: " + it.getMessage())),
                loop.executor());
  }

  private static void leave(LoadClient client, boolean inOrder) {
    if (inOrder) {
      var _ = client.close();
    } else {
      client.cut();
    }
  }

  /** Every other device reports at QoS 1. */
  private Lane eventsOf(int device) {
    return device % 2 == 0 ? events : eventsAtMostOnce;
  }

  private static void arrived(
      Lane lane, int index, ByteBuf payload, int payloadBytes, boolean again) {
    if (payloadBytes == StampedPayload.BYTES) {
      lane.arrived(index, StampedPayload.sequence(payload), StampedPayload.nanos(payload), again);
    }
  }

  /** When nothing sets the pace, an event that arrived lets its share of the rest pass. */
  private void creditRest() {
    if (perSecond == 0) {
      commands.credit(1.0 / EVENTS_PER_COMMAND, plan.window());
      plainMessages.credit(1.0 / EVENTS_PER_PLAIN, plan.window());
    }
  }

  private class Publisher implements LoadEvents {
    @Override
    public void acknowledged(LoadClient client) {
      Lane.Stream stream = streams.get(client);
      if (stream != null) {
        stream.acknowledge();
      }
    }

    @Override
    public void readComplete(LoadClient client) {
      pump();
    }

    @Override
    public void closed(LoadClient client) {
      problem("a publisher was closed");
    }
  }

  private final class Device extends Publisher {
    @Override
    public void received(LoadClient client, ByteBuf payload, int payloadBytes, boolean again) {
      arrived(commands, StampedPayload.publisher(payload), payload, payloadBytes, again);
    }
  }

  private final class Application implements LoadEvents {
    @Override
    public void received(LoadClient client, ByteBuf payload, int payloadBytes, boolean again) {
      int device = StampedPayload.publisher(payload);
      arrived(eventsOf(device), device / 2, payload, payloadBytes, again);
      creditRest();
    }

    @Override
    public void acknowledged(LoadClient client) {
      commands.acknowledgeOldest();
    }

    @Override
    public void readComplete(LoadClient client) {
      pump();
    }

    @Override
    public void closed(LoadClient client) {
      problem("the application was closed");
    }
  }

  private final class PlainReader implements LoadEvents {
    @Override
    public void received(LoadClient client, ByteBuf payload, int payloadBytes, boolean again) {
      arrived(plainMessages, StampedPayload.publisher(payload), payload, payloadBytes, again);
    }

    @Override
    public void readComplete(LoadClient client) {
      pump();
    }

    @Override
    public void closed(LoadClient client) {
      if (client == plainReader) {
        problem("the plain reader was closed");
        plainReader = null;
        openPlainReader();
      }
    }
  }
}
