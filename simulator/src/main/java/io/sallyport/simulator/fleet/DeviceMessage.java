package io.sallyport.simulator.fleet;

import io.sallyport.simulator.access.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON that devices send. Every message carries the device's id and a sequence number without
 * gaps, so that whoever reads it can prove loss, doubling and equality.
 */
public final class DeviceMessage {
  /** The event of a regular reading. */
  public static final String READING = "reading";

  /** The event that answers a command. */
  public static final String ANSWER = "ack";

  static final String DEVICE = "deviceId";
  static final String SEQUENCE = "seq";
  static final String CORRELATION = "correlation";
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("EEE HH:mm", java.util.Locale.ROOT);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private DeviceMessage() {}

  /**
   * Which message this is.
   *
   * @param sequence counted per device from zero
   */
  public record MessageId(String deviceId, long sequence) {}

  static byte[] reading(
      MessageId id, Reading reading, double setPoint, LocalDateTime local, Instant now) {
    ObjectNode json = envelope(id, now);
    json.put("clock", CLOCK.format(local));
    json.put("co2", reading.co2Ppm());
    json.put("occupancy", reading.persons());
    json.put("power", reading.powerWatts());
    json.put("setpoint", setPoint);
    json.put("temperature", reading.celsius());
    return bytes(json);
  }

  static byte[] answer(
      MessageId id,
      String command,
      String correlation,
      String result,
      double setPoint,
      Instant now) {
    ObjectNode json = envelope(id, now);
    json.put("command", command);
    json.put(CORRELATION, correlation);
    json.put("result", result);
    json.put("setpoint", setPoint);
    return bytes(json);
  }

  /** Reads the id out of a message; empty when it isn't one of a fleet's. */
  public static Optional<MessageId> idOf(JsonNode message) {
    JsonNode device = message.path(DEVICE);
    JsonNode sequence = message.path(SEQUENCE);
    return device.isString() && sequence.isIntegralNumber()
        ? Optional.of(new MessageId(device.asString(""), sequence.asLong(-1)))
        : Optional.empty();
  }

  /** Parses foreign bytes; empty when they are no JSON. */
  public static Optional<JsonNode> parse(byte[] payload) {
    try {
      return Optional.of(JSON.readTree(payload));
    } catch (JacksonException e) {
      // Not JSON is an answer here: commands and events of strangers may be anything.
      return Optional.empty();
    }
  }

  private static ObjectNode envelope(MessageId id, Instant now) {
    ObjectNode json = JSON.createObjectNode();
    json.put(DEVICE, id.deviceId());
    json.put(SEQUENCE, id.sequence());
    json.put("ts", now.truncatedTo(ChronoUnit.MILLIS).toString());
    return json;
  }

  private static byte[] bytes(ObjectNode json) {
    return CanonicalJson.write(json).getBytes(StandardCharsets.UTF_8);
  }
}
