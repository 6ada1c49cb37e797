package io.sallyport.mqtt.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RawMqttClient;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What must hold while an event loop is held up: THREATS T31, MESSAGING.md section 4. */
class RevocationAndTakeoverTest {
  @AutoClose
  private final TestServer server = new TestServer(TestServer.withTimeouts(TestServer.QUICK));

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch leave = new CountDownLatch(1);

  /** A loop that slept finds the revocation before the packets that wait for it. */
  @Test
  void revoked_client_is_not_heard_again_though_its_packets_were_already_read()
      throws InterruptedException {
    holdUpLoopOnFirstPublish();
    try (RawMqttClient client = server.client("c")) {
      client.send(
          new RawMqttClient.Bytes()
              .raw(RawMqttClient.publish("t", "before", 1, 1, false, false))
              .raw(RawMqttClient.publish("t", "after", 1, 2, false, false))
              .toByteArray());
      entered.await();
      server.gate.binding("c").out().close(CloseReason.REVOKED);
      leave.countDown();
      await().until(() -> server.gate.binding("c").closed == CloseReason.REVOKED);
      assertThat(server.gate.published).hasSize(1);
    }
  }

  @Test
  void revoked_client_gets_no_message_that_came_after_the_revocation() throws InterruptedException {
    try (RawMqttClient client = server.client("c")) {
      client.subscribe(1, 0, "t");
      holdUpLoopOnFirstPublish();
      client.sendPublish("x", "x", 0, 0);
      entered.await();
      server.gate.binding("c").out().close(CloseReason.REVOKED);
      server.engine.route(TestGate.SCOPE, Message.of("t", new byte[1], Qos.AT_MOST_ONCE));
      leave.countDown();
      client.expectClosed();
    }
  }

  /** The wait for the former owner is bounded; the session is not lost by it. */
  @Test
  void takeover_of_a_connection_on_a_held_up_loop_is_refused_with_code_3()
      throws InterruptedException {
    holdUpLoopOnFirstPublish();
    // Two loops take connections in turn, so that these two live on different ones.
    try (RawMqttClient old = server.client();
        RawMqttClient next = server.client()) {
      assertThat(old.login("c", false)).isFalse();
      old.sendPublish("t", "x", 1, 1);
      entered.await();
      next.send(RawMqttClient.connect("c", false, 0));
      assertThat(next.expectConnAck()).isEqualTo(3);
      next.expectClosed();
      leave.countDown();
      old.expectAck(RawMqttClient.PUBACK);
    }
    await().until(() -> server.engine.connections() == 0);
    try (RawMqttClient third = server.client()) {
      assertThat(third.login("c", false)).isTrue();
    }
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
