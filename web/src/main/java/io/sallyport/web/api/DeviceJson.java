package io.sallyport.web.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.device.ConnectionDetails;
import io.sallyport.platform.device.Device;
import io.sallyport.web.json.ApiJson;
import io.sallyport.web.json.EmbeddedJson;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A device as JSON.
 *
 * @param token only in the answer that registers it
 */
record DeviceJson(
    String type,
    String id,
    @JsonProperty("class") @Schema(allowableValues = {"device", "gateway"}) String deviceClass,
    @Nullable Name gateway,
    DeviceInfoJson info,
    @JsonRawValue @Schema(type = "object") @Nullable String metadata,
    boolean enabled,
    boolean alertEnabled,
    String registeredBy,
    Instant registered,
    Instant updated,
    @Nullable String token)
    implements ApiJson {
  static DeviceJson of(Device device, EmbeddedJson embedded) {
    return of(device, embedded, null);
  }

  static DeviceJson of(Device device, EmbeddedJson embedded, @Nullable String token) {
    return new DeviceJson(
        device.key().type().value(),
        device.key().id().value(),
        DeviceTypeJson.className(device.deviceClass()),
        device.gateway().map(Name::of).orElse(null),
        DeviceInfoJson.of(device.info()),
        device.metadata().flatMap(embedded::of).orElse(null),
        device.enabled(),
        device.alertEnabled(),
        device.registeredBy(),
        device.registered(),
        device.updated(),
        token);
  }

  @Override
  public String toString() {
    return "DeviceJson[" + type + "/" + id + "]";
  }

  /** A device within its tenant. */
  record Name(@Nullable String type, @Nullable String id) implements ApiJson {
    static Name of(DeviceKey key) {
      return new Name(key.type().value(), key.id().value());
    }
  }

  /** What registers a device; a token is made. */
  record New(
      @Nullable String type,
      @Nullable String id,
      @Nullable Name gateway,
      @Nullable DeviceInfoJson info,
      @Schema(type = "object") @Nullable JsonNode metadata)
      implements ApiJson {}

  /** What changes a device; absent members stay as they are. */
  record Change(
      @Nullable DeviceInfoJson info,
      @Schema(type = "object") @Nullable JsonNode metadata,
      @Nullable Boolean alertEnabled,
      @Nullable Boolean enabled)
      implements ApiJson {}

  /** A token, shown this once. */
  record Token(String token) implements ApiJson {
    @Override
    public String toString() {
      return "Token[hidden]";
    }
  }

  /**
   * Whether the device is connected now: {@code connected} or {@code offline}; the rest only where
   * it is.
   *
   * @param since when it was let in
   * @param address where it came from, without port
   * @param secure whether it came over TLS
   * @param contract whose protocol it speaks
   * @param clientId its MQTT client id
   */
  record Connection(
      @Schema(allowableValues = {"connected", "offline"}) String status,
      @Nullable Instant since,
      @Nullable String address,
      @Nullable Boolean secure,
      @Nullable String contract,
      @Nullable String clientId)
      implements ApiJson {

    static final Connection OFFLINE = new Connection("offline", null, null, null, null, null);

    static Connection of(ConnectionDetails details) {
      return new Connection(
          "connected",
          details.since(),
          details.address(),
          details.secure(),
          details.contract(),
          details.clientId());
    }
  }
}
