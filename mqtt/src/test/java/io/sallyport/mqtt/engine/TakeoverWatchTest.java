package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sallyport.mqtt.SessionKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** MESSAGING.md section 4: more than 5 a minute are told, from the 20th on CONNACK waits. */
class TakeoverWatchTest {
  private static final Duration SETTLED = Duration.ofSeconds(2);
  private static final SessionKey KEY = TestGate.key("c");

  private final TakeoverWatch watch =
      new TakeoverWatch(
          MqttConfig.DEFAULT.takeovers(), new EngineMetrics(new SimpleMeterRegistry()));

  @Test
  void sixth_takeover_within_a_minute_is_told_once() {
    for (int i = 1; i <= 5; i++) {
      watch.takenOver(KEY, SETTLED, seconds(i));
      assertThat(watch.toTell(KEY, seconds(i))).isZero();
    }
    watch.takenOver(KEY, SETTLED, seconds(6));
    assertThat(watch.toTell(KEY, seconds(6))).isEqualTo(6);
    watch.takenOver(KEY, SETTLED, seconds(7));
    assertThat(watch.toTell(KEY, seconds(7))).isZero();
    for (int i = 8; i <= 70; i++) {
      watch.takenOver(KEY, SETTLED, seconds(i));
    }
    assertThat(watch.toTell(KEY, seconds(70))).isBetween(60, 61);
  }

  @Test
  void takeovers_further_apart_are_not_told() {
    for (int i = 0; i < 50; i++) {
      watch.takenOver(KEY, SETTLED, seconds(i * 12L));
      assertThat(watch.toTell(KEY, seconds(i * 12L))).isLessThan(7);
    }
    assertThat(watch.toTell(TestGate.key("other"), seconds(600))).isZero();
  }

  /** A client that has just come and comes again has lost its way, not its identity. */
  @Test
  void connection_younger_than_a_second_does_not_count() {
    for (int i = 0; i < 100; i++) {
      watch.takenOver(KEY, Duration.ofSeconds(1), seconds(i));
    }
    assertThat(watch.toTell(KEY, seconds(100))).isZero();
    assertThat(watch.delay(KEY, seconds(100))).isZero();
    assertThat(watch.size()).isZero();
  }

  @Test
  void twentieth_takeover_waits_and_later_ones_longer_up_to_ten_seconds() {
    for (int i = 1; i <= 18; i++) {
      watch.takenOver(KEY, SETTLED, seconds(i));
    }
    assertThat(watch.delay(KEY, seconds(18))).isZero(); // The nineteenth.
    watch.takenOver(KEY, SETTLED, seconds(19));
    assertThat(watch.delay(KEY, seconds(19))).isEqualTo(Duration.ofMillis(500));
    watch.takenOver(KEY, SETTLED, seconds(20));
    assertThat(watch.delay(KEY, seconds(20))).isEqualTo(Duration.ofSeconds(1));
    for (int i = 21; i <= 60; i++) {
      watch.takenOver(KEY, SETTLED, seconds(i));
    }
    assertThat(watch.delay(KEY, seconds(60))).isEqualTo(Duration.ofSeconds(10));
    assertThat(watch.delay(KEY, seconds(121))).isZero(); // A minute of peace.
  }

  @Test
  void what_is_remembered_is_bounded_and_forgotten_after_a_minute() {
    for (int i = 0; i < 20_000; i++) {
      watch.takenOver(TestGate.key("c" + i), SETTLED, 0);
    }
    assertThat(watch.size()).isEqualTo(10_000);
    watch.takenOver(KEY, SETTLED, seconds(61));
    assertThat(watch.size()).isEqualTo(1);
  }

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }
}
