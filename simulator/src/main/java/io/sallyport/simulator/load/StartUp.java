package io.sallyport.simulator.load;

import io.sallyport.simulator.figures.LatencyHistogram;
import io.sallyport.simulator.site.Installation;
import java.io.IOException;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** From starting the program to an accepted CONNECT, on a data folder that exists. */
final class StartUp implements Scenario {
  private static final int STARTS = 3;

  private final Installation site;

  StartUp(Installation site) {
    this.site = site;
  }

  @Override
  public String name() {
    return "startup";
  }

  @Override
  public ScenarioResult run(LoadTarget target, LoadPlan plan)
      throws IOException, InterruptedException {
    LatencyHistogram latency = new LatencyHistogram();
    OptionalLong resident = OptionalLong.empty();
    long cpuMicros = 0;
    long begin = System.nanoTime();
    for (int i = 0; i < STARTS; i++) {
      site.stop();
      long start = System.nanoTime();
      var _ = site.restart();
      try (LoadLoop loop = new LoadLoop(target.endpoint())) {
        var _ =
            LoadLoop.await(
                loop.open(target.publisher(0), new LoadEvents() {}, LoadLoop.Handshake.FULL));
        latency.record(System.nanoTime() - start);
      }
      resident = site.probe().residentBytes();
      cpuMicros += site.probe().cpuMicros().orElse(0);
    }
    return new ScenarioResult(
        name(),
        target.name(),
        "start",
        STARTS,
        (System.nanoTime() - begin) / 1e9,
        cpuMicros == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) cpuMicros / STARTS),
        ScenarioResult.Latency.of(latency),
        0,
        0,
        resident.isEmpty()
            ? ""
            : String.format(
                Locale.ROOT,
                "%.0f MiB resident; ready line says %.1f s",
                resident.getAsLong() / 1048576.0,
                site.ready().seconds()));
  }
}
