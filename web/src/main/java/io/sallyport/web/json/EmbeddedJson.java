package io.sallyport.web.json;

import io.sallyport.platform.base.Payload;
import io.sallyport.web.WebConfig;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Tells whether stored bytes may stand verbatim as a value inside an answer. What a device sent
 * must never break the page it appears on, and its numbers must come out as they went in; so the
 * text is taken over unchanged, but only after it was parsed whole.
 */
public final class EmbeddedJson {
  private final JsonFactory factory =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(WebConfig.JSON_DEPTH_MAX).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** Whether the bytes are exactly one JSON value in UTF-8 without byte order mark. */
  public boolean is(Payload payload) {
    if (payload.size() == 0) {
      return false;
    }
    try {
      return of(StandardCharsets.UTF_8.newDecoder().decode(payload.buffer()).toString())
          .isPresent();
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  public Optional<String> of(String text) {
    if (text.isEmpty() || text.charAt(0) == '\uFEFF') {
      return Optional.empty();
    }
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
      int depth = 0;
      int roots = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (depth == 0) {
          roots++;
        }
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else {
          decode(parser, token);
        }
      }
      return roots == 1 ? Optional.of(text) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** The parser decodes strings and numbers only when they are asked for. */
  private static void decode(JsonParser parser, JsonToken token) {
    if (token == JsonToken.VALUE_STRING || token.isNumeric()) {
      parser.getString();
    }
  }
}
