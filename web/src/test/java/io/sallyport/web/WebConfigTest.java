package io.sallyport.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class WebConfigTest {
  @Test
  void the_defaults_are_these() {
    assertThat(WebConfig.DEFAULT)
        .isEqualTo(new WebConfig(1_048_576, 131_072, 1_048_576, 8, Duration.ofSeconds(10), false));
    assertThat(WebConfig.JSON_DEPTH_MAX).isEqualTo(64);
    assertThat(WebConfig.PATH_STEPS_MAX).isEqualTo(16);
  }

  @Test
  void limits_that_make_no_sense_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WebConfig(0, 1, 1, 1, Duration.ofSeconds(1), false));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WebConfig(1, 1, 1, 1001, Duration.ofSeconds(1), false));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WebConfig(1, 1, 1, 1, Duration.ZERO, false));
  }
}
