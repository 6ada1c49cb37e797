package io.sallyport.web.api;

import io.sallyport.platform.base.Payload;
import io.sallyport.web.json.EmbeddedJson;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A stored payload as an answer shows it: JSON verbatim, anything else in base64. */
record ShownPayload(@Nullable String json, @Nullable String base64) {
  static ShownPayload of(String format, Payload payload, EmbeddedJson embedded) {
    Optional<String> json =
        format.equals("json") ? embedded.of(payload.sharedBytes()) : Optional.empty();
    return json.isPresent()
        ? new ShownPayload(json.get(), null)
        : new ShownPayload(null, Base64.getEncoder().encodeToString(payload.sharedBytes()));
  }

  @Override
  public String toString() {
    return "ShownPayload[hidden]";
  }
}
