package io.sallyport.web.hop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sallyport.web.hop.RawHttp.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InnerHopDrainTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void running_request_is_delivered_idle_connections_end_and_newcomers_are_refused(boolean nio)
      throws Exception {
    try (HopFixture hop = new HopFixture(folder, nio);
        RawHttp busy = hop.plain();
        RawHttp idle = hop.plain()) {
      InetSocketAddress door = hop.address("http");
      assertThat(idle.get("/session").status()).isEqualTo(200);
      busy.send(RawHttp.request("GET", "/slow"));
      assertThat(hop.probe.slowBegan.await(10, TimeUnit.SECONDS)).isTrue();

      hop.front.unbind();
      CompletableFuture<Void> stopping = CompletableFuture.runAsync(hop.app::close);

      await().until(() -> refused(door)); // NIO closes a door at the selector's next turn.
      assertThat(idle.rest()).isEmpty();
      hop.probe.slowMayEnd.countDown();
      Answer answer = busy.answer();
      assertThat(answer.body()).isEqualTo("whole");
      assertThat(busy.rest()).isEmpty();
      stopping.get(10, TimeUnit.SECONDS);
      assertThat(hop.front.awaitPipes(Duration.ofSeconds(5))).isTrue();
      assertThat(hop.socket.path()).doesNotExist();
    }
  }

  @Test
  void request_while_the_container_is_away_ends_with_a_close_and_leaves_no_record()
      throws IOException {
    try (HopFixture hop = new HopFixture(folder, false)) {
      hop.app.close();
      try (RawHttp client = hop.plain()) {
        client.send(RawHttp.request("GET", "/whoami"));

        assertThat(client.rest()).isEmpty();
      }
      await().untilAsserted(() -> assertThat(hop.peers.waiting()).isZero());
    }
  }

  @Test
  void request_that_runs_longer_than_the_idle_time_is_answered() throws Exception {
    try (HopFixture hop = new HopFixture(folder, false);
        RawHttp client = hop.plain()) {
      client.send(RawHttp.request("GET", "/slow"));
      assertThat(hop.probe.slowBegan.await(10, TimeUnit.SECONDS)).isTrue();
      CompletableFuture.delayedExecutor(
              HopFixture.IDLE_MAX.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS)
          .execute(hop.probe.slowMayEnd::countDown);

      assertThat(client.answer().body()).isEqualTo("whole");
    }
  }

  private static boolean refused(InetSocketAddress door) throws IOException {
    try (Socket newcomer = new Socket(door.getAddress(), door.getPort())) {
      return !newcomer.isConnected();
    } catch (ConnectException e) {
      return true;
    }
  }
}
