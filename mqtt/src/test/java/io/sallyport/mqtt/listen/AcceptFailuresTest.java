package io.sallyport.mqtt.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AcceptFailuresTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicLong now = new AtomicLong(-5);
  private final AcceptFailures failures =
      new AcceptFailures(
          "mqtts", new ListenMetrics(meters, "mqtts"), Duration.ofMillis(200), now::get);

  @Test
  void failed_accept_is_counted_and_followed_by_a_rest() {
    EmbeddedChannel door = new EmbeddedChannel(failures);
    door.freezeTime();

    door.pipeline().fireExceptionCaught(new IOException("Too many open files"));

    assertThat(door.config().isAutoRead()).isFalse();
    assertThat(meters.get("sallyport.listen.accept.failures").counter().count()).isEqualTo(1);
    door.advanceTimeBy(199, TimeUnit.MILLISECONDS);
    door.runScheduledPendingTasks();
    assertThat(door.config().isAutoRead()).isFalse();
    door.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    door.runScheduledPendingTasks();
    assertThat(door.config().isAutoRead()).isTrue();
    door.checkException(); // Nothing was left for Netty's own log line per failure.
    door.finish();
  }

  @Test
  void line_is_due_once_in_ten_seconds_and_tells_the_number() {
    assertThat(failures.failuresToTell()).isEqualTo(1);
    for (int i = 0; i < 49; i++) {
      assertThat(failures.failuresToTell()).isZero();
    }
    now.addAndGet(AcceptFailures.LINE_EVERY.toNanos());

    assertThat(failures.failuresToTell()).isEqualTo(50);
    assertThat(failures.failuresToTell()).isZero();
  }
}
