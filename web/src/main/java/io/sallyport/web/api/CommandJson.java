package io.sallyport.web.api;

import io.sallyport.platform.base.Payload;
import io.sallyport.platform.command.Command;
import io.sallyport.web.json.ApiJson;
import io.sallyport.web.json.EmbeddedJson;
import io.sallyport.web.json.PayloadJson;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.annotation.JsonSerialize;

/** A command as JSON. */
record CommandJson(
    String id,
    String type,
    String device,
    String name,
    String format,
    @JsonSerialize(using = PayloadJson.Verbatim.class) @Schema(implementation = Object.class)
        @Nullable Payload payload,
    @JsonSerialize(using = PayloadJson.Base64.class) @Schema(implementation = String.class)
        @Nullable Payload payloadBase64,
    String status,
    String by,
    Instant created,
    Instant expires,
    Instant updated,
    @Nullable String reason)
    implements ApiJson {
  static CommandJson of(Command command, EmbeddedJson embedded) {
    ShownPayload shown = ShownPayload.of(command.format(), command.payload(), embedded);
    return new CommandJson(
        command.id(),
        command.device().type().value(),
        command.device().id().value(),
        command.name(),
        command.format(),
        shown.json(),
        shown.base64(),
        command.status().name().toLowerCase(Locale.ROOT),
        command.by(),
        command.created(),
        command.expires(),
        command.updated(),
        command.reason().orElse(null));
  }

  @Override
  public String toString() {
    return "CommandJson[" + id + "]";
  }

  /**
   * What submits a command.
   *
   * @param expiresSeconds how long it may wait for the device
   */
  record New(
      @Nullable String name,
      @Nullable String format,
      @Schema(type = "object") @Nullable JsonNode payload,
      @Nullable String payloadBase64,
      @Nullable Integer expiresSeconds)
      implements ApiJson {
    @Override
    public String toString() {
      return "CommandJson.New[hidden]";
    }
  }
}
