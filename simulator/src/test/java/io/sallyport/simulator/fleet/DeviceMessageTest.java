package io.sallyport.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.simulator.access.CanonicalJson;
import io.sallyport.simulator.fleet.DeviceMessage.MessageId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeviceMessageTest {
  private static final Instant NOW = Instant.parse("2026-11-20T10:15:30.123456Z");

  private static byte[] reading(long sequence) {
    return DeviceMessage.reading(
        new MessageId("room-0001", sequence),
        new Reading(21.5, 612, 143.0, 3),
        21,
        LocalDateTime.of(2026, 11, 20, 9, 5),
        NOW);
  }

  @Test
  void a_reading_is_canonical_json_with_its_id() {
    assertThat(new String(reading(17), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {"clock":"Fri 09:05","co2":612,"deviceId":"room-0001","occupancy":3,"power":143.0,\
            "seq":17,"setpoint":21.0,"temperature":21.5,"ts":"2026-11-20T10:15:30.123Z"}\
            """);
    assertThat(DeviceMessage.parse(reading(17)).flatMap(DeviceMessage::idOf))
        .hasValue(new MessageId("room-0001", 17));
  }

  @Test
  void what_a_server_spaced_and_sorted_anew_compares_equal() {
    String anew =
        """
        { "ts": "2026-11-20T10:15:30.123Z", "temperature": 21.50, "setpoint": 21.0, "seq": 17,
          "power": 143.0, "occupancy": 3, "deviceId": "room-0001", "co2": 612,
          "clock": "Fri 09:05" }
        """;
    assertThat(DeviceMessage.parse(anew.getBytes(StandardCharsets.UTF_8)).map(CanonicalJson::write))
        .hasValue(new String(reading(17), StandardCharsets.UTF_8));
  }

  @Test
  void strangers_have_no_id() {
    assertThat(DeviceMessage.parse("not json".getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(
            DeviceMessage.parse("{\"seq\":\"1\"}".getBytes(StandardCharsets.UTF_8))
                .flatMap(DeviceMessage::idOf))
        .isEmpty();
  }

  @Test
  void waits_double_up_to_the_most_and_are_spread() {
    Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30), new Random(1));
    for (int i = 0; i < 50; i++) {
      assertThat(backoff.before(0)).isBetween(Duration.ofMillis(250), Duration.ofMillis(500));
      assertThat(backoff.before(3)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
      assertThat(backoff.before(100)).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
    }
    assertThat(backoff.before(5)).isNotEqualTo(backoff.before(5));
  }
}
