package io.sallyport.simulator.load;

import io.sallyport.simulator.figures.ProcessProbe;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Resident memory per connection that does nothing: measured between a tenth of the connections
 * (which warm the server's pools) and all of them.
 */
final class IdleMemory implements Scenario {
  private static final long SETTLE_MILLIS = 2_000;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public ScenarioResult run(LoadTarget target, LoadPlan plan)
      throws IOException, InterruptedException {
    int all = plan.idleConnections();
    int first = Math.max(1, all / 10);
    try (LoadLoop loop = new LoadLoop(target.endpoint())) {
      LoadEvents events = new LoadEvents() {};
      long start = System.nanoTime();
      loop.openAll(IntStream.range(0, first).mapToObj(target::subscriber).toList(), events);
      Thread.sleep(SETTLE_MILLIS);
      OptionalLong before = resident(target);
      loop.openAll(IntStream.range(first, all).mapToObj(target::subscriber).toList(), events);
      Thread.sleep(SETTLE_MILLIS);
      OptionalLong after = resident(target);
      String note =
          before.isEmpty() || after.isEmpty()
              ? "the server's process is not known"
              : String.format(
                  Locale.ROOT,
                  "%.1f KiB resident per connection; %.0f MiB in all",
                  (after.getAsLong() - before.getAsLong()) / 1024.0 / (all - first),
                  after.getAsLong() / 1048576.0);
      return new ScenarioResult(
          name(),
          target.name(),
          "connection",
          all,
          (System.nanoTime() - start) / 1e9,
          OptionalDouble.empty(),
          ScenarioResult.Latency.NONE,
          0,
          0,
          note);
    }
  }

  private static OptionalLong resident(LoadTarget target) {
    return target.probe().map(ProcessProbe::residentBytes).orElseGet(OptionalLong::empty);
  }
}
