package io.sallyport.simulator.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sallyport.simulator.figures.Trend.Point;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrendTest {
  @Test
  void a_line_is_found_with_its_growth_in_an_hour() {
    Trend trend = Trend.of(List.of(new Point(300, 100), new Point(450, 101), new Point(600, 102)));

    assertThat(trend.mean()).isCloseTo(101, within(1e-9));
    assertThat(trend.perHour()).isCloseTo(24, within(1e-9));
    assertThat(trend.sharePerHour()).isCloseTo(24 / 101.0, within(1e-9));
    assertThat(trend.errorPerSecond()).isCloseTo(0, within(1e-9));
    assertThat(trend.flat()).as("2 of 101 in the time that was looked at").isTrue();
  }

  @Test
  void a_leak_is_not_flat() {
    Trend trend =
        Trend.of(
            IntStream.range(0, 10).mapToObj(i -> new Point(i * 30, 100 + 2 * i + i % 2)).toList());

    assertThat(trend.flat()).isFalse();
  }

  @Test
  void what_swings_without_direction_is_flat() {
    Trend trend =
        Trend.of(IntStream.range(0, 10).mapToObj(i -> new Point(i * 30, i % 2 * 40)).toList());

    assertThat(trend.flat()).isTrue();
  }

  @Test
  void a_single_point_has_no_line() {
    assertThatThrownBy(() -> Trend.of(List.of(new Point(0, 1))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
