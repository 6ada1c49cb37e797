package io.sallyport.web.api;

import io.sallyport.platform.base.Payload;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.web.json.ApiJson;
import io.sallyport.web.json.EmbeddedJson;
import io.sallyport.web.json.PayloadJson;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.annotation.JsonSerialize;

/**
 * An event as JSON.
 *
 * @param payload the payload, if its format is json and it is
 * @param payloadBase64 the payload, if not
 */
record EventJson(
    long position,
    Instant time,
    String type,
    String device,
    String name,
    String format,
    @JsonSerialize(using = PayloadJson.Verbatim.class) @Schema(implementation = Object.class)
        @Nullable Payload payload,
    @JsonSerialize(using = PayloadJson.Base64.class) @Schema(implementation = String.class)
        @Nullable Payload payloadBase64)
    implements ApiJson {
  static EventJson of(StoredEvent stored, EmbeddedJson embedded) {
    Event event = stored.event();
    ShownPayload shown = ShownPayload.of(event.format(), event.payload(), embedded);
    return new EventJson(
        stored.position(),
        Instant.ofEpochMilli(event.timeMillis()),
        event.device().type().value(),
        event.device().id().value(),
        event.name(),
        event.format(),
        shown.json(),
        shown.base64());
  }

  @Override
  public String toString() {
    return "EventJson[" + position + "]";
  }

  /** What publishes an event: a JSON value as {@code payload}, or bytes and their format. */
  record New(
      @Nullable String name,
      @Nullable String format,
      @Schema(type = "object") @Nullable JsonNode payload,
      @Nullable String payloadBase64)
      implements ApiJson {
    @Override
    public String toString() {
      return "EventJson.New[hidden]";
    }
  }

  /** Where a published event was stored. */
  record Accepted(long position, Instant time) implements ApiJson {}

  /** One number of one event. */
  record Sample(Instant time, BigDecimal value) implements ApiJson {}
}
