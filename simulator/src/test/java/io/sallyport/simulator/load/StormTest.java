package io.sallyport.simulator.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.simulator.access.Endpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StormTest {
  private static final long SEED = 20_261_120;
  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  private static StormPlan plan(Duration limit) {
    return new StormPlan(
        60,
        2,
        3,
        false,
        Duration.ofMillis(500),
        Duration.ofMillis(500),
        limit,
        new StormPlan.SlowReader(3, 200, 1_000, Duration.ofMillis(800), Duration.ofMillis(1_500)));
  }

  private static ScenarioResult row(Findings findings, String name) {
    return findings.results().stream()
        .filter(result -> result.scenario().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void all_come_back_after_the_cut_and_the_pair_loses_nothing() throws Exception {
    try (TestBroker broker = TestBroker.startOrSkip()) {
      LoadTarget target = broker.target();
      Findings findings =
          new Storm(
                  target,
                  plan(Duration.ofSeconds(20)),
                  new ServerHealth(target.probe(), Optional.empty()),
                  SEED,
                  NOWHERE)
              .run();

      assertThat(findings.failures()).isEmpty();
      assertThat(row(findings, "storm-connect").count()).isEqualTo(60);
      assertThat(row(findings, "storm-back").count()).isEqualTo(60);
      assertThat(row(findings, "storm-back").latency().maxMicros())
          .as("the last one, with its jitter")
          .isBetween(100_000.0, 20_000_000.0);
      assertThat(row(findings, "storm-idle").note()).contains("descriptors");
      assertThat(row(findings, "storm-pair-storm").count()).isPositive();
      assertThat(row(findings, "storm-fast-slow").count()).isPositive();
      assertThat(row(findings, "storm-fast-slow").note())
          .contains("the slow one was still connected");
    }
  }

  @Test
  void clients_that_do_not_come_back_and_a_dead_server_are_failures() throws Exception {
    try (TestBroker broker = TestBroker.startOrSkip()) {
      LoadTarget target = broker.target();
      Storm storm =
          new Storm(
              target,
              plan(Duration.ofSeconds(1)),
              new ServerHealth(target.probe(), Optional.empty()),
              SEED,
              new PrintStream(
                  new OutputStream() {
                    @Override
                    public void write(int character) throws IOException {
                      // The first thing a storm says comes before it connects.
                      broker.close();
                    }
                  },
                  true,
                  StandardCharsets.UTF_8));

      assertThat(storm.run().failures())
          .anyMatch(failure -> failure.startsWith("storm: "))
          .contains("the server's process has ended");
    }
  }

  @Test
  void a_child_tells_what_was_refused_and_by_what() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            while (!mute.isClosed()) {
              try (Socket client = mute.accept()) {
                assertThat(client.isConnected()).isTrue();
              } catch (IOException end) {
                return;
              }
            }
          });
      LoadTarget target =
          new OpenTarget(
              "mute", Endpoint.plain("127.0.0.1", mute.getLocalPort()), Optional.empty(), "bench");
      try (StormChildren children =
          StormChildren.start(target, plan(Duration.ofSeconds(1)), SEED)) {
        children.connect();
        StormChildren.Total total = children.count();
        long end = System.nanoTime() + 10_000_000_000L;
        while (total.refused() == 0 && System.nanoTime() < end) {
          total = children.count();
        }
        assertThat(total.open()).isZero();
        assertThat(total.refused()).isPositive();
        assertThat(total.refusals().keySet()).isSubsetOf(List.of("closed before login", "reset"));
      }
    }
  }

  @Test
  void the_systems_table_tells_whether_the_server_holds_a_connection() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
      Socket served = server.accept();
      InetSocketAddress address = (InetSocketAddress) client.getLocalSocketAddress();
      assertThat(SocketTable.held(server.getLocalPort(), address)).isTrue();
      served.close();
      assertThat(SocketTable.held(server.getLocalPort(), address)).isFalse();
    }
  }
}
