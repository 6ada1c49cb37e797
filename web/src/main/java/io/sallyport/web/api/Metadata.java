package io.sallyport.web.api;

import io.sallyport.platform.base.Problem;
import io.sallyport.web.json.ApiJsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Free attributes that a tenant gives its devices and types: a JSON object. */
final class Metadata {
  private Metadata() {}

  static Optional<String> read(@Nullable JsonNode json, ApiJsonMapper mapper) {
    if (json == null || json.isNull()) {
      return Optional.empty();
    }
    if (!json.isObject()) {
      throw Problem.invalid("member 'metadata' must be a JSON object");
    }
    return Optional.of(new String(mapper.writeTree(json), StandardCharsets.UTF_8));
  }
}
