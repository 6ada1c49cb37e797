package io.sallyport.simulator.load;

import io.sallyport.simulator.figures.JvmProbe;
import io.sallyport.simulator.figures.ProcessProbe;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * What a publisher's connection that does nothing costs in memory: the difference between a tenth
 * of the connections and all of them. Of a JVM that is live heap plus resident memory outside the
 * heap, garbage collected at both ends, after all connections have been there once (which warms the
 * server's pools and its compiler); of others, resident memory.
 */
final class IdleMemory implements Scenario {
  private static final long SETTLE_MILLIS = 2_000;
  private static final int LOOKS_MAX = 6;
  private static final long STEADY_BYTES = 512 << 10;
  private static final LoadEvents NOTHING = new LoadEvents() {};

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public ScenarioResult run(LoadTarget target, LoadPlan plan)
      throws IOException, InterruptedException {
    int all = Math.min(plan.idleConnections(), target.publishersMax());
    int first = Math.max(1, all / 10);
    if (all == first) {
      throw new IOException(target.name() + " has too few logins: " + target.publishersMax());
    }
    long start = System.nanoTime();
    if (kept(target).filter(memory -> memory.heapBytes().isPresent()).isPresent()) {
      try (LoadLoop loop = new LoadLoop(target.endpoint())) {
        loop.openAll(logins(target, 0, all), NOTHING);
      }
    }
    try (LoadLoop loop = new LoadLoop(target.endpoint())) {
      loop.openAll(logins(target, 0, first), NOTHING);
      Optional<Kept> before = kept(target);
      loop.openAll(logins(target, first, all), NOTHING);
      Optional<Kept> after = kept(target);
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
          before.isEmpty() || after.isEmpty()
              ? "the server's process is not known"
              : after.get().note(before.get(), all - first));
    }
  }

  private static List<LoadLogin> logins(LoadTarget target, int from, int to) {
    return IntStream.range(from, to).mapToObj(target::publisher).toList();
  }

  /**
   * Memory in use at one moment.
   *
   * @param heapBytes live objects of a JVM; empty of other processes
   */
  private record Kept(OptionalLong heapBytes, long otherBytes, long residentBytes) {
    String note(Kept before, int connections) {
      double heap = (heapBytes.orElse(0) - before.heapBytes.orElse(0)) / 1024.0 / connections;
      double other = (otherBytes - before.otherBytes) / 1024.0 / connections;
      String each =
          heapBytes.isPresent()
              ? String.format(
                  Locale.ROOT,
                  "%.1f KiB per connection: %.1f live heap, %.1f outside it",
                  heap + other,
                  heap,
                  other)
              : String.format(Locale.ROOT, "%.1f KiB resident per connection", other);
      return String.format(Locale.ROOT, "%s; %.0f MiB resident", each, residentBytes / 1048576.0);
    }
  }

  /** Looks until two looks agree: what was closed before is given back step by step. */
  private static Optional<Kept> kept(LoadTarget target) throws InterruptedException {
    Optional<Kept> last = Optional.empty();
    for (int look = 0; look < LOOKS_MAX; look++) {
      Thread.sleep(SETTLE_MILLIS);
      Optional<Kept> now = look(target);
      if (now.isEmpty()
          || (last.isPresent()
              && Math.abs(now.get().otherBytes() - last.get().otherBytes()) < STEADY_BYTES)) {
        return now;
      }
      last = now;
    }
    return last;
  }

  private static Optional<Kept> look(LoadTarget target) throws InterruptedException {
    Optional<ProcessProbe> probe = target.probe();
    if (probe.isEmpty()) {
      return Optional.empty();
    }
    Optional<JvmProbe.Memory> jvm = new JvmProbe(probe.get().pid()).measure();
    OptionalLong resident = probe.get().residentBytes();
    if (resident.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        jvm.map(memory ->
                new Kept(
                    OptionalLong.of(memory.liveHeapBytes()),
                    memory.outsideHeapBytes(),
                    resident.getAsLong()))
            .orElseGet(
                () -> new Kept(OptionalLong.empty(), resident.getAsLong(), resident.getAsLong())));
  }
}
