package io.sallyport.mqtt.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AcceptPaceTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicLong now = new AtomicLong(-5);
  private final EmbeddedChannel door =
      new EmbeddedChannel(new AcceptPace(30, new ListenMetrics(meters, "mqtts"), now::get));

  @Test
  void connections_above_the_pace_wait_for_the_next_tenth_of_a_second_and_none_is_lost() {
    door.freezeTime();
    now.addAndGet(Duration.ofMillis(60).toNanos());
    accept(2);
    assertThat(door.config().isAutoRead()).isTrue();
    accept(1);
    assertThat(door.config().isAutoRead()).isFalse();
    assertThat(meters.get("sallyport.listen.accept.delays").counter().count()).isEqualTo(1);

    pass(39);
    assertThat(door.config().isAutoRead()).isFalse();
    pass(1);
    assertThat(door.config().isAutoRead()).isTrue();
    accept(2);
    assertThat(door.config().isAutoRead()).isTrue();
    assertThat(door.inboundMessages()).hasSize(5);
    door.finishAndReleaseAll();
  }

  @Test
  void slow_arrivals_never_wait() {
    for (int i = 0; i < 100; i++) {
      accept(2);
      now.addAndGet(Duration.ofMillis(100).toNanos());
    }
    assertThat(door.config().isAutoRead()).isTrue();
    assertThat(meters.get("sallyport.listen.accept.delays").counter().count()).isZero();
    door.finishAndReleaseAll();
  }

  private void accept(int connections) {
    for (int i = 0; i < connections; i++) {
      door.writeInbound("connection");
    }
  }

  private void pass(long millis) {
    now.addAndGet(Duration.ofMillis(millis).toNanos());
    door.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    door.runScheduledPendingTasks();
  }
}
