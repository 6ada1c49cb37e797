package io.sallyport.web.api;

import io.sallyport.platform.base.Payload;
import io.sallyport.web.json.EmbeddedJson;
import org.jspecify.annotations.Nullable;

/** A stored payload as an answer shows it: JSON verbatim, anything else in base64. */
record ShownPayload(@Nullable Payload json, @Nullable Payload base64) {
  static ShownPayload of(String format, Payload payload, EmbeddedJson embedded) {
    return format.equals("json") && embedded.is(payload)
        ? new ShownPayload(payload, null)
        : new ShownPayload(null, payload);
  }

  @Override
  public String toString() {
    return "ShownPayload[hidden]";
  }
}
