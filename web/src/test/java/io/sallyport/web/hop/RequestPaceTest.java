package io.sallyport.web.hop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequestPaceTest {
  private long now = Long.MAX_VALUE - 7;
  private final RequestPace pace =
      new RequestPace(() -> now, Duration.ofSeconds(10), Duration.ofSeconds(10), 240);

  private void pass(int seconds) {
    now += Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void head_has_ten_seconds_from_its_first_byte_and_silence_before_it_is_free() {
    pass(100);
    assertThat(pace.headNanosLeft()).isEqualTo(Long.MAX_VALUE);
    assertThat(pace.came(1)).isTrue();
    pass(9);
    assertThat(pace.came(1)).isTrue();
    assertThat(pace.headNanosLeft()).isEqualTo(1_000_000_000);
    pass(1);

    assertThat(pace.came(1)).isFalse();
  }

  @Test
  void time_in_which_nobody_waits_for_the_body_is_not_the_clients() {
    pace.came(100);
    pace.headDone();
    pass(60);

    pace.waits();
    pass(9);
    assertThat(pace.came(1)).isTrue();
    pass(60);
    assertThat(pace.came(1)).isTrue();
  }

  @Test
  void body_below_the_least_rate_is_too_slow_after_the_grace() {
    pace.came(100);
    pace.headDone();
    for (int i = 0; i < 9; i++) {
      pace.waits();
      pass(1);
      assertThat(pace.came(239)).isTrue();
    }
    pace.waits();
    pass(1);

    assertThat(pace.came(239)).isFalse();
  }

  @Test
  void each_request_begins_anew_and_a_late_end_of_the_one_before_changes_nothing() {
    pace.came(100);
    long first = pace.headDone();
    pace.requestDone(first);
    pass(600);
    assertThat(pace.came(100)).isTrue();
    long second = pace.headDone();

    pace.requestDone(first);
    pace.came(1);
    assertThat(pace.headNanosLeft()).as("still within the body").isEqualTo(Long.MAX_VALUE);

    pace.requestDone(second);
    pace.came(1);
    assertThat(pace.headNanosLeft()).isEqualTo(Duration.ofSeconds(10).toNanos());
  }
}
