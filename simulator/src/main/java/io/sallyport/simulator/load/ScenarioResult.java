package io.sallyport.simulator.load;

import io.sallyport.simulator.figures.LatencyHistogram;
import java.util.OptionalDouble;

/**
 * The figures of one scenario against one server.
 *
 * @param unit what was counted: message, delivery, connection, read, start
 * @param cpuMicrosEach the server's CPU time per unit, where its process is known
 * @param lost units missing at the end
 * @param doubled units seen more than once
 * @param note whatever else belongs to it, e.g. memory per connection
 */
record ScenarioResult(
    String scenario,
    String target,
    String unit,
    long count,
    double seconds,
    OptionalDouble cpuMicrosEach,
    Latency latency,
    long lost,
    long doubled,
    String note) {

  /** Percentiles in microseconds; zero where a scenario measures none. */
  record Latency(double p50Micros, double p99Micros, double p999Micros, double maxMicros) {
    static final Latency NONE = new Latency(0, 0, 0, 0);

    static Latency of(LatencyHistogram histogram) {
      return new Latency(
          micros(histogram, 50),
          micros(histogram, 99),
          micros(histogram, 99.9),
          micros(histogram, 100));
    }

    private static double micros(LatencyHistogram histogram, double percent) {
      return histogram.percentile(percent).toNanos() / 1_000.0;
    }
  }

  double perSecond() {
    return seconds == 0 ? 0 : count / seconds;
  }
}
