package io.sallyport.web.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.web.WebConfig;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Reads and writes JSON strictly: limited depth, no doubled or unknown members, no guessing between
 * types, decimals as written. Thread-safe.
 */
public final class ApiJsonMapper {
  private static final int NAME_CHARS_MAX = 64;

  private final JsonMapper mapper;

  public ApiJsonMapper() {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(WebConfig.JSON_DEPTH_MAX).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    this.mapper =
        JsonMapper.builder(factory)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                LogicalType.Textual,
                coercion -> {
                  coercion.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                  coercion.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                  coercion.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                })
            .changeDefaultPropertyInclusion(
                inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
            .build();
  }

  /**
   * @throws ProblemException {@code INVALID}, naming the member and never its value
   */
  public <T> T read(byte[] body, Class<T> type) {
    try {
      T value = mapper.readValue(body, type);
      if (value == null) {
        throw Problem.invalid("the body must be a JSON object");
      }
      return value;
    } catch (JacksonException e) {
      throw new ProblemException(new Problem(Problem.Code.INVALID, describe(e)), e);
    }
  }

  /**
   * @throws ProblemException {@code INVALID} if the text is no JSON
   */
  public JsonNode readTree(byte[] text) {
    try {
      return mapper.readTree(text);
    } catch (JacksonException e) {
      throw new ProblemException(new Problem(Problem.Code.INVALID, describe(e)), e);
    }
  }

  /** The value as UTF-8; halves of surrogate pairs stay escaped. */
  public byte[] writeTree(JsonNode value) {
    return mapper.writeValueAsBytes(value);
  }

  void write(ApiJson value, OutputStream output) {
    mapper.writeValue(output, value);
  }

  private static String describe(JacksonException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown member " + quoted(unknown.getPropertyName());
    }
    if (e instanceof StreamConstraintsException) {
      return "the JSON is deeper than "
          + WebConfig.JSON_DEPTH_MAX
          + " levels or holds a name, number or text that is too long";
    }
    if (e instanceof StreamReadException) {
      return "the body is not JSON, or names a member twice";
    }
    String member = member(e.getPath());
    return member.isEmpty()
        ? "the body must be a JSON object"
        : "member " + quoted(member) + " has the wrong type";
  }

  private static String member(List<JacksonException.Reference> path) {
    return path.stream()
        .map(JacksonException.Reference::getPropertyName)
        .map(name -> name == null ? "[]" : name)
        .collect(Collectors.joining("."));
  }

  private static String quoted(String name) {
    String cut = name.length() <= NAME_CHARS_MAX ? name : name.substring(0, NAME_CHARS_MAX) + "...";
    return "'" + cut.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
