package io.sallyport.simulator.load;

import io.sallyport.simulator.load.LoadLoop.Handshake;
import io.sallyport.simulator.site.Installation;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs scenarios one after the other against Sallyport and, for comparison, mosquitto. A scenario
 * that fails is reported and the next one runs.
 */
final class Bench {
  /**
   * The names of all scenarios that run by default, in their order; start-up is last, it restarts
   * the server.
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

  /** Those that take long and run only when they are named. */
  static final List<String> LONG = List.of(Storm.NAME, Soak.NAME);

  private static final int LATENCY_PER_SECOND = 1_000;

  private final BenchSite site;
  private final LoadPlan plan;
  private final StormPlan stormPlan;
  private final SoakPlan soakPlan;
  private final PrintStream out;
  private final List<ScenarioResult> results = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  Bench(BenchSite site, LoadPlan plan, StormPlan stormPlan, SoakPlan soakPlan, PrintStream out) {
    this.site = site;
    this.plan = plan;
    this.stormPlan = stormPlan;
    this.soakPlan = soakPlan;
    this.out = out;
  }

  /**
   * Runs these scenarios.
   *
   * @param kinds what to run them against, where it is there
   * @param mosquitto the broker, when there is one
   * @param seed of what is left to chance
   */
  void run(List<String> names, Set<TargetKind> kinds, Optional<Mosquitto> mosquitto, long seed)
      throws InterruptedException {
    for (String name : names) {
      switch (name) {
        case "startup" -> startUp();
        case "history" -> measure(new HistoryReads(site.https()), site.tls());
        case "connect-resumed" -> measure(scenario(name), site.tls());
        case Storm.NAME -> {
          out.println("running storm on " + site.tls().name() + " …");
          add(new Storm(site.tls(), stormPlan, health(), seed, out).run());
        }
        case Soak.NAME -> soak();
        default -> {
          for (TargetKind kind : EnumSet.copyOf(kinds)) {
            Optional<LoadTarget> target = target(kind, mosquitto);
            if (target.isPresent()) {
              measure(scenario(name), target.get());
            }
          }
        }
      }
    }
  }

  private Optional<LoadTarget> target(TargetKind kind, Optional<Mosquitto> mosquitto) {
    return switch (kind) {
      case TLS -> Optional.of(site.tls());
      case PLAIN -> site.plain();
      case SPACE -> site.space(false);
      case SPACE_DURABLE -> site.space(true);
      case MOSQUITTO -> mosquitto.map(Mosquitto::target);
    };
  }

  private ServerHealth health() {
    return new ServerHealth(site.tls().probe(), site.installation());
  }

  private void soak() throws InterruptedException {
    Optional<LoadTarget> space = site.space(true);
    if (space.isEmpty()) {
      failures.add("soak: a running server needs --space-port, a plain space's without login");
      return;
    }
    out.println("running soak on " + site.tls().name() + " …");
    add(new Soak(site.tls(), space.get(), soakPlan, health(), out).run());
  }

  private void add(Findings findings) {
    results.addAll(findings.results());
    failures.addAll(findings.failures());
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
