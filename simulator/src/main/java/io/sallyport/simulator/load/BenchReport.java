package io.sallyport.simulator.load;

import static java.util.Locale.ROOT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The figures as a table for people and as JSON for programs. */
final class BenchReport {
  private static final String ROW = "%-18s %-16s %12s %10s %10s %10s %10s %7s %7s  %s";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private BenchReport() {}

  static List<String> table(List<ScenarioResult> results) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
                ROOT,
                ROW,
                "scenario",
                "server",
                "per second",
                "CPU µs",
                "p50 µs",
                "p99 µs",
                "max µs",
                "lost",
                "doubled",
                "")
            .stripTrailing());
    for (ScenarioResult result : results) {
      lines.add(
          String.format(
                  ROOT,
                  ROW,
                  result.scenario(),
                  result.target(),
                  number(result.perSecond()),
                  result.cpuMicrosEach().isPresent()
                      ? number(result.cpuMicrosEach().getAsDouble())
                      : "-",
                  number(result.latency().p50Micros()),
                  number(result.latency().p99Micros()),
                  number(result.latency().maxMicros()),
                  result.lost(),
                  result.doubled(),
                  result.note())
              .stripTrailing());
    }
    return lines;
  }

  /** Sallyport's cost as a multiple of mosquitto's, per scenario that ran on both. */
  static List<String> ratios(List<ScenarioResult> results) {
    List<String> lines = new ArrayList<>();
    for (ScenarioResult ours : results) {
      if (ours.target().startsWith("sallyport")) {
        theirs(results, ours).ifPresent(theirs -> lines.add(ratio(ours, theirs)));
      }
    }
    return lines;
  }

  /** Writes all figures to a file. */
  static void writeJson(Path file, List<ScenarioResult> results, List<String> failures)
      throws IOException {
    ObjectNode document = JSON.createObjectNode();
    document.put("processors", Runtime.getRuntime().availableProcessors());
    ArrayNode rows = document.putArray("results");
    for (ScenarioResult result : results) {
      ObjectNode row = rows.addObject();
      row.put("scenario", result.scenario());
      row.put("target", result.target());
      row.put("unit", result.unit());
      row.put("count", result.count());
      row.put("seconds", result.seconds());
      row.put("perSecond", result.perSecond());
      result.cpuMicrosEach().ifPresent(micros -> row.put("serverCpuMicrosEach", micros));
      row.put("p50Micros", result.latency().p50Micros());
      row.put("p99Micros", result.latency().p99Micros());
      row.put("p999Micros", result.latency().p999Micros());
      row.put("maxMicros", result.latency().maxMicros());
      row.put("lost", result.lost());
      row.put("doubled", result.doubled());
      row.put("note", result.note());
      theirs(results, result)
          .filter(theirs -> result.target().startsWith("sallyport"))
          .map(theirs -> cpuRatio(result, theirs))
          .filter(OptionalDouble::isPresent)
          .ifPresent(ratio -> row.put("cpuToMosquitto", ratio.getAsDouble()));
    }
    ArrayNode problems = document.putArray("failures");
    failures.forEach(problems::add);
    Files.writeString(
        file,
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n",
        StandardCharsets.UTF_8);
  }

  private static Optional<ScenarioResult> theirs(
      List<ScenarioResult> results, ScenarioResult ours) {
    return results.stream()
        .filter(result -> result.target().startsWith("mosquitto"))
        .filter(result -> result.scenario().equals(ours.scenario()))
        .findFirst();
  }

  private static OptionalDouble cpuRatio(ScenarioResult ours, ScenarioResult theirs) {
    return ours.cpuMicrosEach().isEmpty()
            || theirs.cpuMicrosEach().isEmpty()
            || theirs.cpuMicrosEach().getAsDouble() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            ours.cpuMicrosEach().getAsDouble() / theirs.cpuMicrosEach().getAsDouble());
  }

  private static String ratio(ScenarioResult ours, ScenarioResult theirs) {
    OptionalDouble cpu = cpuRatio(ours, theirs);
    return String.format(
        ROOT,
        "%-18s %s : %s = %s CPU, %.2f rate",
        ours.scenario(),
        ours.target(),
        theirs.target(),
        cpu.isPresent() ? String.format(ROOT, "%.2f", cpu.getAsDouble()) : "-",
        ours.perSecond() / theirs.perSecond());
  }

  private static String number(double value) {
    return String.format(ROOT, value < 100 ? "%,.1f" : "%,.0f", value);
  }
}
