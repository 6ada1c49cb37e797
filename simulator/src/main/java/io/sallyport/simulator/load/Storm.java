package io.sallyport.simulator.load;

import static java.util.Locale.ROOT;

import io.sallyport.simulator.figures.Vitals;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Very many idle connections to one server, all cut at once, and back as devices come back; then a
 * slow reader among fast ones. Meanwhile a pair of well-behaved clients exchanges messages, which
 * shows what others feel of it.
 */
final class Storm {
  static final String NAME = "storm";
  private static final Duration EVERY = Duration.ofMillis(10);
  private static final long LOOK_MILLIS = 200;
  private static final long TELL_NANOS = 5_000_000_000L;

  private final LoadTarget target;
  private final StormPlan plan;
  private final ServerHealth health;
  private final long seed;
  private final PrintStream out;
  private final List<ScenarioResult> results = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  Storm(LoadTarget target, StormPlan plan, ServerHealth health, long seed, PrintStream out) {
    this.target = target;
    this.plan = plan;
    this.health = health;
    this.seed = seed;
    this.out = out;
  }

  /** How many publishers' logins it takes: one for each connection, the pair and the fan-out. */
  static int publishers(int connections) {
    return connections + 2;
  }

  /** Runs all steps; what fell over is in the findings, as far as the run came. */
  Findings run() throws InterruptedException {
    out.printf(
        ROOT,
        "storm: %,d connections from %d addresses in %d processes, seed %d%n",
        plan.connections(),
        plan.addresses(),
        plan.children(),
        seed);
    try (PairProbe pair = new PairProbe(target, plan.connections(), 0, EVERY);
        StormChildren children = StormChildren.start(target, plan, seed)) {
      // The server compiles the way of a message before anything is compared.
      Thread.sleep(plan.hold());
      pairRow(pair, "storm-pair-before");
      Optional<Vitals> before = health.vitals();
      connect(children, pair);
      idle(children, pair, before);
      comeBack(children, pair);
      pair.stop();
      if (pair.lost() + pair.doubled() + pair.closed() > 0) {
        failures.add(
            "the pair: %d lost, %d doubled, %d connections closed"
                .formatted(pair.lost(), pair.doubled(), pair.closed()));
      }
      Findings slow = new SlowReaderTrial(target, plan.slow(), plan.connections() + 1, 1).run();
      results.addAll(slow.results());
      failures.addAll(slow.failures());
      held(children, "storm-end", before);
    } catch (IOException e) {
      failures.add(NAME + ": " + e.getMessage());
    }
    try {
      failures.addAll(health.troubles());
    } catch (IOException e) {
      failures.add("the server's log can't be read: " + e.getMessage());
    }
    return new Findings(results, failures);
  }

  private void connect(StormChildren children, PairProbe pair)
      throws IOException, InterruptedException {
    pair.reset();
    Stopwatch start = Stopwatch.start(target);
    children.connect();
    StormChildren.Total total = awaitAll(children, start.nanos());
    Stopwatch end = Stopwatch.start(target);
    connectRow("storm-connect", total, start, end, children.micros(), total.refusals());
    pairRow(pair, "storm-pair-connect");
  }

  private void idle(StormChildren children, PairProbe pair, Optional<Vitals> before)
      throws IOException, InterruptedException {
    pair.reset();
    Thread.sleep(plan.hold());
    pairRow(pair, "storm-pair-idle");
    held(children, "storm-idle", before);
  }

  private void comeBack(StormChildren children, PairProbe pair)
      throws IOException, InterruptedException {
    StormChildren.Total before = children.count();
    // What a look at the memory held up is not the storm's.
    Thread.sleep(1_000);
    pair.reset();
    Stopwatch start = Stopwatch.start(target);
    children.cut();
    StormChildren.Total total = awaitAll(children, start.nanos());
    Stopwatch end = Stopwatch.start(target);
    long[] micros = children.micros();
    Map<String, Integer> refused = total.refusedSince(before);
    connectRow("storm-back", total, start, end, micros, refused);
    String resumed = plan.resume() ? "; " + (total.resumed() - before.resumed()) + " resumed" : "";
    out.printf(
        ROOT,
        "back after the cut: 50 %% in %.1f s, 90 %% in %.1f s, 99 %% in %.1f s, all in %.1f s%s%n",
        seconds(micros, 50),
        seconds(micros, 90),
        seconds(micros, 99),
        seconds(micros, 100),
        resumed);
    pairRow(pair, "storm-pair-storm");
  }

  private StormChildren.Total awaitAll(StormChildren children, long startNanos)
      throws IOException, InterruptedException {
    long end = startNanos + plan.limit().toNanos();
    long told = System.nanoTime();
    StormChildren.Total total = children.count();
    while (total.open() < plan.connections() && System.nanoTime() < end) {
      if (System.nanoTime() - told > TELL_NANOS) {
        told = System.nanoTime();
        out.printf(ROOT, "  %,d open, %,d attempts refused%n", total.open(), total.refused());
      }
      Thread.sleep(LOOK_MILLIS);
      total = children.count();
    }
    if (total.open() < plan.connections()) {
      failures.add(
          "%d of %d clients were not connected after %d s"
              .formatted(
                  plan.connections() - total.open(), plan.connections(), plan.limit().toSeconds()));
    }
    return total;
  }

  private void connectRow(
      String name,
      StormChildren.Total total,
      Stopwatch start,
      Stopwatch end,
      long[] micros,
      Map<String, Integer> refused) {
    results.add(
        new ScenarioResult(
            name,
            target.name(),
            "connection",
            total.open(),
            start.secondsTo(end),
            start.cpuMicrosEach(end, total.open()),
            new ScenarioResult.Latency(
                at(micros, 50), at(micros, 99), at(micros, 99.9), at(micros, 100)),
            plan.connections() - total.open(),
            0,
            String.format(
                ROOT,
                "%s: %,d in %.1f s (50 %% %.1f s, 90 %% %.1f s, 99 %% %.1f s); %s",
                name.equals("storm-back") ? "all of them since the cut" : "each since its attempt",
                total.open(),
                start.secondsTo(end),
                seconds(micros, 50),
                seconds(micros, 90),
                seconds(micros, 99),
                refused.isEmpty() ? "none refused" : "refused: " + text(refused))));
  }

  private void pairRow(PairProbe pair, String name) throws IOException, InterruptedException {
    PairProbe.Reading reading = pair.read();
    results.add(
        row(
            name,
            "message",
            reading.count(),
            reading.seconds(),
            reading.latency(),
            String.format(
                ROOT,
                "QoS 1, one each 10 ms; p99.9 %,.0f µs; the sender itself was late by %,.0f µs at"
                    + " p99, %,.0f at most",
                reading.latency().p999Micros(),
                reading.late().p99Micros(),
                reading.late().maxMicros())));
  }

  private void held(StormChildren children, String name, Optional<Vitals> before)
      throws IOException, InterruptedException {
    StormChildren.Total total = children.count();
    Optional<Vitals> now = health.vitals();
    String memory =
        now.map(vitals ->
                vitals.text()
                    + before
                        .map(then -> "; " + vitals.textOfEach(then, Math.max(1, total.open())))
                        .orElse(""))
            .orElse("the server's process is not known");
    out.println(name + ": " + memory);
    results.add(
        row(
            name,
            "connection",
            total.open(),
            0,
            ScenarioResult.Latency.NONE,
            memory + "; " + total.dropped() + " closed by the server while idle"));
    if (total.dropped() > 0 && name.equals("storm-idle")) {
      failures.add(total.dropped() + " idle connections were closed by the server");
    }
  }

  private ScenarioResult row(
      String name,
      String unit,
      long count,
      double seconds,
      ScenarioResult.Latency latency,
      String note) {
    return new ScenarioResult(
        name, target.name(), unit, count, seconds, OptionalDouble.empty(), latency, 0, 0, note);
  }

  private static String text(Map<String, Integer> refused) {
    return refused.entrySet().stream()
        .map(entry -> String.format(ROOT, "%s %,d", entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static double seconds(long[] micros, double percent) {
    return at(micros, percent) / 1e6;
  }

  private static double at(long[] micros, double percent) {
    return micros.length == 0
        ? 0
        : micros[Math.max(0, (int) Math.ceil(micros.length * percent / 100) - 1)];
  }
}
