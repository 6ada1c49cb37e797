package io.sallyport.web.api;

import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.Problem;
import io.sallyport.web.json.ApiJsonMapper;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Payload and format as a body supplies them: a JSON value, or bytes in base64. */
record SuppliedPayload(String format, Payload payload) {
  private static final String JSON = "json";
  private static final String BINARY = "bin";

  static SuppliedPayload of(
      @Nullable String format,
      @Nullable JsonNode json,
      @Nullable String base64,
      ApiJsonMapper mapper,
      int bytesMax) {
    if ((json == null) == (base64 == null)) {
      throw Problem.invalid("exactly one of 'payload' and 'payloadBase64' is required");
    }
    String named = format == null ? null : BodyFields.topicLevel(format, "format");
    byte[] bytes;
    if (json != null) {
      if (named != null && !named.equals(JSON)) {
        throw Problem.invalid("a 'payload' has format json; use 'payloadBase64' for others");
      }
      named = JSON;
      bytes = mapper.writeTree(json);
    } else {
      named = named == null ? BINARY : named;
      bytes = decoded(BodyFields.required(base64, "payloadBase64"));
    }
    if (bytes.length > bytesMax) {
      throw new Problem(Problem.Code.TOO_LARGE, "the payload is larger than " + bytesMax + " bytes")
          .asException();
    }
    return new SuppliedPayload(named, Payload.owned(bytes));
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("member 'payloadBase64' is not base64");
    }
  }
}
