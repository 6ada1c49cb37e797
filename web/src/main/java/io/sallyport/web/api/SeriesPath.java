package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.web.WebConfig;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The way to one value inside a JSON payload: member names and array indexes, with dots between.
 */
final class SeriesPath {
  private static final int CHARS_MAX = 512;

  private final List<String> steps;

  private SeriesPath(List<String> steps) {
    this.steps = steps;
  }

  static SeriesPath parse(String text) {
    List<String> steps = List.of(text.split("\\.", -1));
    if (text.length() > CHARS_MAX
        || steps.size() > WebConfig.PATH_STEPS_MAX
        || steps.stream().anyMatch(String::isEmpty)) {
      throw Problem.invalid(
          "path must be 1 to " + WebConfig.PATH_STEPS_MAX + " names with dots between");
    }
    return new SeriesPath(steps);
  }

  /** The number at this path; empty if there is none. */
  Optional<BigDecimal> numberIn(JsonNode payload) {
    JsonNode node = payload;
    for (String step : steps) {
      node = node.isArray() ? element(node, step) : node.path(step);
    }
    return node.isNumber() ? Optional.of(node.decimalValue()) : Optional.empty();
  }

  private static JsonNode element(JsonNode array, String step) {
    boolean index = step.length() <= 9 && step.chars().allMatch(c -> c >= '0' && c <= '9');
    return array.path(index ? Integer.parseInt(step) : -1);
  }
}
