package io.sallyport.watson.rest;

import io.sallyport.platform.base.Payload;
import io.sallyport.platform.device.DeviceInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON object of a request, read strictly: keys that the call does not know, doubled keys, wrong
 * types and text after the end are 400 (watson-iot.md section 9.3). A null member counts as not
 * sent, as the client libraries send nulls for what they leave out.
 */
final class JsonBody {
  /** THREATS T38. */
  static final int DEPTH_MAX = 64;

  private static final Set<String> DEVICE_INFO =
      Set.of(
          "serialNumber",
          "manufacturer",
          "model",
          "deviceClass",
          "description",
          "fwVersion",
          "hwVersion",
          "descriptiveLocation");

  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** For content of devices, which goes out as it came: all digits are kept. */
  private static final JsonMapper CONTENT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final ObjectNode json;

  private JsonBody(ObjectNode json) {
    this.json = json;
  }

  static JsonBody of(Caller caller, Set<String> known) {
    return of(parse(STRICT, caller.body()).orElse(null), known, "");
  }

  private static JsonBody of(@Nullable JsonNode node, Set<String> known, String path) {
    if (!(node instanceof ObjectNode object)) {
      throw ApiProblem.invalid((path.isEmpty() ? "The body" : path) + " must be a JSON object.");
    }
    List<ApiProblem.Violation> unknown = new ArrayList<>();
    for (String name : object.propertyNames()) {
      if (!known.contains(name)) {
        unknown.add(new ApiProblem.Violation("CUDRS0007E", "Unexpected key: " + path + name));
      }
    }
    if (!unknown.isEmpty()) {
      throw ApiProblem.invalid(unknown);
    }
    return new JsonBody(object);
  }

  /** Stored content as JSON; empty if it is none within the limits. */
  static Optional<JsonNode> parse(Payload payload) {
    return parse(CONTENT, payload);
  }

  private static Optional<JsonNode> parse(JsonMapper mapper, Payload payload) {
    try {
      return Optional.of(mapper.readTree(payload.sharedBytes()))
          .filter(node -> !node.isMissingNode());
    } catch (JacksonException notJson) {
      return Optional.empty();
    }
  }

  Optional<String> text(String name) {
    return member(name)
        .map(value -> {
          if (!value.isString()) {
            throw ApiProblem.invalid(name + " must be a string.");
          }
          return value.stringValue();
        });
  }

  String requiredText(String name) {
    return text(name).orElseThrow(() -> ApiProblem.invalid(name + " is required."));
  }

  Optional<Boolean> flag(String name) {
    return member(name)
        .map(value -> {
          if (!value.isBoolean()) {
            throw ApiProblem.invalid(name + " must be true or false.");
          }
          return value.booleanValue();
        });
  }

  Optional<Integer> number(String name) {
    return member(name)
        .map(value -> {
          if (!value.isInt()) {
            throw ApiProblem.invalid(name + " must be a whole number.");
          }
          return value.intValue();
        });
  }

  /** The member as the text of a JSON object. */
  Optional<String> objectText(String name) {
    return member(name)
        .map(value -> {
          if (!value.isObject()) {
            throw ApiProblem.invalid(name + " must be a JSON object.");
          }
          return value.toString();
        });
  }

  Optional<JsonBody> object(String name, Set<String> known) {
    return member(name).map(value -> of(value, known, name + "."));
  }

  Optional<List<String>> texts(String name) {
    return member(name)
        .map(value -> {
          List<String> texts = new ArrayList<>();
          if (!value.isArray()) {
            throw ApiProblem.invalid(name + " must be an array of strings.");
          }
          for (JsonNode element : value) {
            if (!element.isString()) {
              throw ApiProblem.invalid(name + " must be an array of strings.");
            }
            texts.add(element.stringValue());
          }
          return texts;
        });
  }

  DeviceInfo deviceInfo() {
    Optional<JsonBody> sent = object("deviceInfo", DEVICE_INFO);
    if (sent.isEmpty()) {
      return DeviceInfo.NONE;
    }
    JsonBody info = sent.get();
    return new DeviceInfo(
        info.text("serialNumber"),
        info.text("manufacturer"),
        info.text("model"),
        info.text("deviceClass"),
        info.text("description"),
        info.text("fwVersion"),
        info.text("hwVersion"),
        info.text("descriptiveLocation"));
  }

  /** A member that the contract has and this server does not keep yet must not be lost silently. */
  void refuseIfSent(String name) {
    Optional<JsonNode> sent = member(name);
    if (sent.isPresent() && !(sent.get().isObject() && sent.get().isEmpty())) {
      throw ApiProblem.invalid(name + " is not kept by this server yet; leave it out.");
    }
  }

  private Optional<JsonNode> member(String name) {
    return Optional.ofNullable(json.get(name)).filter(value -> !value.isNull());
  }
}
