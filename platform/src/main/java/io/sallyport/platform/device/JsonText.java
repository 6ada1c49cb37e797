package io.sallyport.platform.device;

import io.sallyport.platform.base.Problem;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Checks metadata: a JSON object of bounded size and depth (THREATS T38). */
final class JsonText {
  static final int BYTES_MAX = 64 * 1024;
  private static final int DEPTH_MAX = 64;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .build();

  private JsonText() {}

  static void requireObject(String text) {
    if (text.getBytes(StandardCharsets.UTF_8).length > BYTES_MAX) {
      throw new Problem(Problem.Code.TOO_LARGE, "metadata has at most 64 KiB").asException();
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw notAnObject();
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw notAnObject();
      }
    } catch (JacksonException e) {
      throw notAnObject();
    }
  }

  private static RuntimeException notAnObject() {
    return Problem.invalid("metadata must be one JSON object, at most 64 levels deep");
  }
}
