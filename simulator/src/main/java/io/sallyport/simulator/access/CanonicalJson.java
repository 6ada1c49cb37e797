package io.sallyport.simulator.access;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON in one spelling: members sorted by name, no blanks, floating numbers as {@link
 * Double#toString(double)}. The fleet writes its payloads so, and what is read back by REST is
 * brought into the same form before it is compared, since a server may space or sort members
 * differently.
 */
public final class CanonicalJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private CanonicalJson() {}

  /** The document in canonical form. */
  public static String write(JsonNode node) {
    if (node.isObject()) {
      return node.properties().stream()
          .sorted(Map.Entry.comparingByKey())
          .map(member -> JSON.writeValueAsString(member.getKey()) + ":" + write(member.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (node.isArray()) {
      return StreamSupport.stream(node.spliterator(), false)
          .map(CanonicalJson::write)
          .collect(Collectors.joining(",", "[", "]"));
    }
    if (node.isFloatingPointNumber()) {
      return Double.toString(node.asDouble(0));
    }
    return JSON.writeValueAsString(node);
  }
}
