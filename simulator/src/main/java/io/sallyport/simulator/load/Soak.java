package io.sallyport.simulator.load;

import static java.util.Locale.ROOT;

import io.sallyport.simulator.figures.Trend;
import io.sallyport.simulator.figures.Vitals;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * A mixed load at half of the most that the server can do, for long: nothing may be lost, and what
 * the server holds may not grow. Each look at its memory collects garbage, which holds messages up;
 * latencies are told without the time of the looks, and with it.
 */
final class Soak {
  static final String NAME = "soak";

  /** What a collection held up has passed by then. */
  private static final Duration AFTER_LOOK = Duration.ofSeconds(1);

  private final LoadTarget devices;
  private final LoadTarget plain;
  private final SoakPlan plan;
  private final ServerHealth health;
  private final PrintStream out;
  private final List<ScenarioResult> results = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final List<Look> looks = new ArrayList<>();

  private record Look(double seconds, Vitals vitals) {}

  /**
   * @param devices the server, by its contract for devices and applications
   * @param plain the same server's plain space
   */
  Soak(LoadTarget devices, LoadTarget plain, SoakPlan plan, ServerHealth health, PrintStream out) {
    this.devices = devices;
    this.plain = plain;
    this.plan = plan;
    this.health = health;
    this.out = out;
  }

  /** How many publishers' logins it takes. */
  static int publishers(int reporting) {
    return reporting + SoakPlan.CHURNING;
  }

  Findings run() throws InterruptedException {
    try (MixedLoad load = new MixedLoad(devices, plain, plan)) {
      double rate = plan.perSecond().isPresent() ? plan.perSecond().getAsDouble() : most(load) / 2;
      out.printf(
          ROOT,
          "soak: %,.0f messages a second of all kinds for %d s%n",
          rate,
          plan.length().toSeconds());
      load.pace(rate);
      Stopwatch start = load.startCounting();
      watch(load, start.nanos());
      Stopwatch end = load.stopCounting();
      load.pause();
      report(load, start, end);
      load.problems().forEach((what, number) -> failures.add(NAME + ": " + what + ": " + number));
      load.forget();
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

  private double most(MixedLoad load) throws IOException, InterruptedException {
    load.saturate();
    Thread.sleep(plan.warmUp());
    Stopwatch start = load.startCounting();
    Thread.sleep(plan.measuring());
    Stopwatch end = load.stopCounting();
    load.pause();
    long messages = counted(load);
    results.add(
        row(
            "soak-most",
            messages,
            start,
            end,
            start.cpuMicrosEach(end, messages),
            ScenarioResult.Latency.NONE,
            0,
            0,
            "as fast as the windows allow, in the proportions of the mix"));
    return Math.max(1, messages / start.secondsTo(end));
  }

  private void watch(MixedLoad load, long startNanos) throws IOException, InterruptedException {
    long end = startNanos + plan.length().toNanos();
    for (long next = startNanos + plan.every().toNanos(); ; next += plan.every().toNanos()) {
      sleepUntil(Math.min(next, end));
      if (System.nanoTime() >= end) {
        return;
      }
      load.disturbed(true);
      Optional<Vitals> vitals = health.vitals();
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      vitals.ifPresent(now -> {
        looks.add(new Look(seconds, now));
        out.printf(ROOT, "  %5.0f s: %s%n", seconds, now.text());
      });
      Thread.sleep(AFTER_LOOK);
      load.disturbed(false);
    }
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    Thread.sleep(Duration.ofNanos(Math.max(0, nanos - System.nanoTime())));
  }

  private void report(MixedLoad load, Stopwatch start, Stopwatch end)
      throws IOException, InterruptedException {
    results.add(
        row(
            NAME,
            counted(load),
            start,
            end,
            start.cpuMicrosEach(end, counted(load)),
            ScenarioResult.Latency.NONE,
            0,
            0,
            String.format(
                ROOT,
                "all kinds together; %s; the generator itself was late by %,.0f µs at p99, %,.0f at"
                    + " p99.9, %,.0f at most",
                load.comings(),
                load.late().p99Micros(),
                load.late().p999Micros(),
                load.late().maxMicros())));
    for (Lane lane : load.lanes()) {
      ScenarioResult.Latency all = lane.all();
      results.add(
          row(
              lane.name(),
              lane.counted(),
              start,
              end,
              // The server's time can't be told apart by kind.
              OptionalDouble.empty(),
              lane.undisturbed(),
              lane.lost(),
              lane.doubled(),
              String.format(
                  ROOT,
                  "p99.9 %,.0f µs; with the looks at memory p99.9 %,.0f, max %,.0f µs%s",
                  lane.undisturbed().p999Micros(),
                  all.p999Micros(),
                  all.maxMicros(),
                  lane.redelivered() == 0 ? "" : "; " + lane.redelivered() + " again after cuts")));
    }
    trend("heap", start, end, vitals -> vitals.liveHeapBytes());
    trend("outside-heap", start, end, vitals -> OptionalLong.of(vitals.outsideHeapBytes()));
    trend("direct-native", start, end, vitals -> vitals.librariesBytes());
  }

  private void trend(
      String what, Stopwatch start, Stopwatch end, Function<Vitals, OptionalLong> bytes) {
    double half = start.secondsTo(end) / 2;
    List<Trend.Point> points =
        looks.stream()
            .filter(look -> look.seconds() >= half)
            .filter(look -> bytes.apply(look.vitals()).isPresent())
            .map(look ->
                new Trend.Point(look.seconds(), bytes.apply(look.vitals()).getAsLong() / 1048576.0))
            .toList();
    String note =
        points.size() < 3 ? "too few looks at the server's memory: " + points.size() : text(points);
    results.add(
        new ScenarioResult(
            NAME + "-" + what,
            devices.name(),
            "look",
            points.size(),
            start.secondsTo(end),
            OptionalDouble.empty(),
            ScenarioResult.Latency.NONE,
            0,
            0,
            note));
  }

  private static String text(List<Trend.Point> points) {
    Trend trend = Trend.of(points);
    return String.format(
        ROOT,
        "%s: %.1f MiB in the second half, %+.1f MiB an hour (± %.1f), %+.1f %% an hour",
        trend.flat() ? "flat" : "GROWING",
        trend.mean(),
        trend.perHour(),
        trend.errorPerSecond() * 3_600,
        trend.sharePerHour() * 100);
  }

  private static long counted(MixedLoad load) {
    return load.lanes().stream().mapToLong(Lane::counted).sum();
  }

  private ScenarioResult row(
      String name,
      long count,
      Stopwatch start,
      Stopwatch end,
      OptionalDouble cpu,
      ScenarioResult.Latency latency,
      long lost,
      long doubled,
      String note) {
    return new ScenarioResult(
        name,
        devices.name(),
        "message",
        count,
        start.secondsTo(end),
        cpu,
        latency,
        lost,
        doubled,
        note);
  }
}
