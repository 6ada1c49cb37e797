package io.sallyport.simulator.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  private final LatencyHistogram histogram = new LatencyHistogram();

  @Test
  void an_empty_histogram_has_zero_percentiles() {
    assertThat(histogram.count()).isZero();
    assertThat(histogram.percentile(99)).isEqualTo(Duration.ZERO);
  }

  @Test
  void small_values_are_exact() {
    for (int nanos = 1; nanos <= 200; nanos++) {
      histogram.record(nanos);
    }
    assertThat(histogram.percentile(50).toNanos()).isEqualTo(100);
    assertThat(histogram.percentile(99).toNanos()).isEqualTo(198);
    assertThat(histogram.percentile(100).toNanos()).isEqualTo(200);
  }

  @Test
  void percentiles_are_within_a_hundredth_of_the_sorted_values() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long[] values = random.longs(20_000, 1, 5_000_000_000L).toArray();
    Arrays.stream(values).forEach(histogram::record);
    Arrays.sort(values);
    for (double percent : new double[] {1, 25, 50, 90, 99, 99.9}) {
      double exact = (double) values[(int) Math.ceil(values.length * percent / 100) - 1];
      assertThat((double) histogram.percentile(percent).toNanos())
          .as("percentile %s with seed %s", percent, seed)
          .isCloseTo(exact, within(exact * 0.01))
          .isGreaterThanOrEqualTo(exact);
    }
  }

  @Test
  void negative_and_endless_durations_stay_inside() {
    histogram.record(-5);
    histogram.record(Long.MAX_VALUE);
    assertThat(histogram.count()).isEqualTo(2);
    assertThat(histogram.percentile(100)).isBetween(Duration.ofMinutes(70), Duration.ofMinutes(74));
  }

  @Test
  void a_reset_forgets_everything() {
    histogram.record(7);
    histogram.reset();
    assertThat(histogram.count()).isZero();
  }

  @Test
  void a_percentile_outside_its_range_is_a_bug() {
    assertThatThrownBy(() -> histogram.percentile(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> histogram.percentile(100.1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
