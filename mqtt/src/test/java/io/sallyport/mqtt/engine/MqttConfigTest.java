package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sallyport.mqtt.codec.CodecLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MqttConfigTest {
  /** MESSAGING.md sections 4, 5 and 8: a change of a default shows here. */
  @Test
  void defaults_are_those_of_the_design() {
    assertThat(MqttConfig.DEFAULT)
        .isEqualTo(
            new MqttConfig(
                new CodecLimits(16_384, 1_024, 32, 16, 100, 16_384, 4_096, 65_536, 64),
                new MqttConfig.Logins(1_000, 256, 256),
                new MqttConfig.Timeouts(
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60)),
                new MqttConfig.Sessions(
                    100_000,
                    20_000,
                    1_000,
                    1_048_576,
                    10_000,
                    268_435_456,
                    536_870_912,
                    1_073_741_824,
                    4_294_967_296L),
                new MqttConfig.Subscriptions(1_000, 200, 50_000, 512L << 20, 1L << 30),
                new MqttConfig.Retained(10_000, 16_777_216, 5_000, 8_388_608, 268_435_456),
                new MqttConfig.Ownership(20_000, 1_000_000, Duration.ofDays(7)),
                new MqttConfig.Takeovers(5, 20, Duration.ofSeconds(10), Duration.ofSeconds(1)),
                new MqttConfig.Aliases(16, 67_108_864)));
  }

  @Test
  void nonsense_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new CodecLimits(16_384, 1_024, 129, 16, 100, 16_384, 4_096, 65_536, 64));
    assertThatIllegalArgumentException().isThrownBy(() -> new MqttConfig.Logins(0, 256, 256));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MqttConfig.Ownership(0, 1, Duration.ofDays(7)));
  }
}
