package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlineWheelTest {
  private static final long TICK = DeadlineWheel.TICK_NANOS;

  private final DeadlineWheel wheel = new DeadlineWheel(0);
  private final List<String> passed = new ArrayList<>();

  @Test
  void deadline_passes_never_early_and_within_250_ms() {
    long seed = System.nanoTime();
    System.out.println("DeadlineWheelTest seed " + seed);
    Random random = new Random(seed);
    List<long[]> late = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      // Up to six rounds of the wheel.
      long at = random.nextLong(6 * 128_000_000_000L);
      wheel.schedule(new Deadline(now -> late.add(new long[] {at, now})), at);
    }
    for (long now = 0; now <= 7 * 128_000_000_000L; now += TICK) {
      wheel.advance(now);
    }
    assertThat(late).hasSize(2_000).allMatch(p -> p[1] >= p[0] && p[1] - p[0] <= 2 * TICK);
  }

  @Test
  void moved_and_cancelled_deadlines_pass_once_or_not_at_all() {
    Deadline moved = new Deadline(_ -> passed.add("moved"));
    Deadline cancelled = new Deadline(_ -> passed.add("cancelled"));
    wheel.schedule(moved, TICK);
    wheel.schedule(cancelled, TICK);
    wheel.schedule(moved, 10 * TICK);
    wheel.scheduleNoLater(moved, 20 * TICK);
    wheel.cancel(cancelled);
    wheel.advance(9 * TICK);
    assertThat(passed).isEmpty();
    wheel.advance(40 * TICK);
    assertThat(passed).containsExactly("moved");
  }

  @Test
  void deadline_may_cancel_its_neighbour_and_set_itself_again() {
    Deadline[] neighbours = new Deadline[2];
    for (int i = 0; i < 2; i++) {
      int other = 1 - i;
      neighbours[i] =
          new Deadline(now -> {
            passed.add("passed");
            wheel.cancel(neighbours[other]);
            wheel.schedule(neighbours[0], now + TICK);
          });
    }
    wheel.schedule(neighbours[0], TICK);
    wheel.schedule(neighbours[1], TICK);
    wheel.advance(3 * TICK);
    assertThat(passed).hasSize(1);
    wheel.advance(6 * TICK);
    assertThat(passed).hasSize(2);
  }

  @Test
  void long_sleep_passes_everything_once() {
    for (int i = 0; i < 100; i++) {
      wheel.schedule(new Deadline(_ -> passed.add("passed")), i * 3_000_000_000L);
    }
    wheel.advance(1_000_000_000_000L);
    assertThat(passed).hasSize(100);
  }
}
