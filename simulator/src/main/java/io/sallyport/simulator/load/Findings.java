package io.sallyport.simulator.load;

import java.util.List;

/**
 * What a run of several steps brought to light.
 *
 * @param results a row for each step
 * @param failures what fell over, one line each
 */
record Findings(List<ScenarioResult> results, List<String> failures) {
  Findings {
    results = List.copyOf(results);
    failures = List.copyOf(failures);
  }
}
