package io.sallyport.web.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.sallyport.platform.command.Command;
import io.sallyport.web.json.ApiJson;
import io.sallyport.web.json.EmbeddedJson;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A command as JSON. */
record CommandJson(
    String id,
    String type,
    String device,
    String name,
    String format,
    @JsonRawValue @Schema(type = "object") @Nullable String payload,
    @Nullable String payloadBase64,
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
