package io.sallyport.simulator.load;

import io.sallyport.simulator.load.LoadLoop.Handshake;
import io.sallyport.simulator.site.Installation;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs scenarios one after the other against Sallyport and, for comparison, mosquitto. A scenario
 * that fails is reported and the next one runs.
 */
final class Bench {
  /**
   * The names of all scenarios, in the order they run; start-up is last, it restarts the server.
   */
  static final List<String> SCENARIOS =
      List.of(
          "fan-in-qos0",
          "fan-in-qos1",
          "fan-out",
          "latency",
          "latency-qos1",
          "connect",
          "connect-resumed",
          "idle",
          "history",
          "startup");

  private static final Set<String> COMPARABLE =
      Set.of("fan-in-qos0", "fan-in-qos1", "fan-out", "latency", "latency-qos1", "connect", "idle");
  private static final int LATENCY_PER_SECOND = 1_000;

  private final BenchSite site;
  private final LoadPlan plan;
  private final PrintStream out;
  private final List<ScenarioResult> results = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  Bench(BenchSite site, LoadPlan plan, PrintStream out) {
    this.site = site;
    this.plan = plan;
    this.out = out;
  }

  /**
   * Runs these scenarios.
   *
   * @param mosquitto the broker to run the comparable ones against as well
   */
  void run(List<String> names, boolean plain, Optional<Mosquitto> mosquitto)
      throws InterruptedException {
    for (String name : names) {
      Optional<LoadTarget> overPlain = plain ? site.plain() : Optional.empty();
      if (name.equals("startup")) {
        startUp();
      } else if (name.equals("history")) {
        measure(new HistoryReads(site.https()), site.tls());
      } else {
        measure(scenario(name), site.tls());
        if (overPlain.isPresent() && !name.equals("connect-resumed")) {
          measure(scenario(name), overPlain.get());
        }
        if (mosquitto.isPresent() && COMPARABLE.contains(name)) {
          measure(scenario(name), mosquitto.get());
        }
      }
    }
  }

  List<ScenarioResult> results() {
    return List.copyOf(results);
  }

  /** What went wrong, one line each; empty when every scenario gave figures without loss. */
  List<String> failures() {
    List<String> all = new ArrayList<>(failures);
    for (ScenarioResult result : results) {
      if (result.lost() + result.doubled() > 0) {
        all.add(
            "%s on %s: %d lost, %d doubled"
                .formatted(result.scenario(), result.target(), result.lost(), result.doubled()));
      }
    }
    return all;
  }

  private void startUp() throws InterruptedException {
    Optional<Installation> installation = site.installation();
    if (installation.isEmpty()) {
      failures.add("startup: only a server of the bench's own can be restarted");
      return;
    }
    measure(new StartUp(installation.get()), site.tls());
  }

  private void measure(Scenario scenario, LoadTarget target) throws InterruptedException {
    out.println("running " + scenario.name() + " on " + target.name() + " …");
    try {
      results.add(scenario.run(target, plan));
    } catch (IOException e) {
      failures.add(scenario.name() + " on " + target.name() + ": " + e.getMessage());
    }
  }

  private static Scenario scenario(String name) {
    return switch (name) {
      case "fan-in-qos0" -> FanIn.saturating(0);
      case "fan-in-qos1" -> FanIn.saturating(1);
      case "fan-out" -> new FanOut();
      case "latency" -> FanIn.paced(name, 0, LATENCY_PER_SECOND);
      case "latency-qos1" -> FanIn.paced(name, 1, LATENCY_PER_SECOND);
      case "connect" -> new ConnectStorm(Handshake.FULL);
      case "connect-resumed" -> new ConnectStorm(Handshake.RESUMED);
      case "idle" -> new IdleMemory();
      default -> throw new IllegalArgumentException("no scenario is called " + name);
    };
  }
}
