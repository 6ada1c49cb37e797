package io.sallyport.simulator.load;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The server's CPU time and the wall clock between two moments.
 *
 * @param cpuMicros of the server's process since it started, where it is known
 */
record Stopwatch(long nanos, OptionalLong cpuMicros) {
  static Stopwatch start(LoadTarget target) {
    return new Stopwatch(
        System.nanoTime(),
        target.probe().map(probe -> probe.cpuMicros()).orElseGet(OptionalLong::empty));
  }

  double secondsTo(Stopwatch end) {
    return (end.nanos - nanos) / 1e9;
  }

  OptionalDouble cpuMicrosEach(Stopwatch end, long units) {
    return cpuMicros.isEmpty() || end.cpuMicros.isEmpty() || units == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) (end.cpuMicros.getAsLong() - cpuMicros.getAsLong()) / units);
  }
}
