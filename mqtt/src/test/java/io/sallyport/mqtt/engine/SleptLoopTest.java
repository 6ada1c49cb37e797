package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.RawMqttClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** An event loop that finds it slept, as in a long pause of the collector (THREATS T31). */
class SleptLoopTest {
  @AutoClose private final TestServer server = new TestServer();

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch leave = new CountDownLatch(1);

  /** Its commit may lie before the sleep: neither what was read nor what comes is taken. */
  @Test
  void loop_that_slept_hears_nobody_until_a_revocation_underway_is_told() throws Exception {
    holdUpLoopOnFirstPublish();
    CompletableFuture<Void> told = new CompletableFuture<>();
    try (RawMqttClient client = server.client("c")) {
      client.send(
          new RawMqttClient.Bytes()
              .raw(RawMqttClient.publish("t", "before", 1, 1, false, false))
              .raw(RawMqttClient.publish("t", "read already", 1, 2, false, false))
              .toByteArray());
      entered.await();
      server.revocationsTold = told;
      client.sendPublish("t", "in the socket", 1, 3);
      sleepThroughMoreThanASecond();
      leave.countDown();
      client.expectSilence(500);
      assertThat(server.gate.published).hasSize(1);

      server.gate.binding("c").out().close(CloseReason.REVOKED);
      told.complete(null);

      client.expectClosed();
      await().until(() -> server.gate.binding("c").closed == CloseReason.REVOKED);
      assertThat(server.gate.published).hasSize(1);
    }
  }

  @Test
  void loop_that_slept_goes_on_with_whom_no_revocation_concerns() throws Exception {
    holdUpLoopOnFirstPublish();
    CompletableFuture<Void> told = new CompletableFuture<>();
    try (RawMqttClient client = server.client("c")) {
      client.sendPublish("t", "before", 1, 1);
      entered.await();
      server.revocationsTold = told;
      client.sendPublish("t", "meanwhile", 1, 2);
      sleepThroughMoreThanASecond();
      leave.countDown();
      client.expectSilence(300);

      told.complete(null);

      assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(1);
      assertThat(client.expectAck(RawMqttClient.PUBACK)).isEqualTo(2);
      assertThat(server.gate.published).hasSize(2);
    }
  }

  /** The loop itself does: it is held up by the first publish. */
  private void sleepThroughMoreThanASecond() throws InterruptedException {
    assertThat(leave.await(1_300, TimeUnit.MILLISECONDS)).isFalse();
  }

  private void holdUpLoopOnFirstPublish() {
    server.gate.onPublish =
        (_, ack) -> {
          entered.countDown();
          try {
            leave.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          ack.accepted();
        };
  }
}
