package io.sallyport.simulator.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.simulator.load.LoadLoop.Handshake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScenariosOnMosquittoTest {
  private static final LoadPlan PLAN =
      new LoadPlan(Duration.ofMillis(200), Duration.ofMillis(500), 10, 5, 20, 30, 50, 10);

  @TempDir private Path folder;
  private TestBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.startOrSkip();
  }

  @AfterEach
  void stop() throws Exception {
    broker.close();
  }

  private static void assertWhole(ScenarioResult result) {
    assertThat(result.count()).isPositive();
    assertThat(result.lost()).isZero();
    assertThat(result.doubled()).isZero();
    assertThat(result.latency().p99Micros()).isGreaterThanOrEqualTo(result.latency().p50Micros());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void a_saturating_fan_in_loses_and_doubles_nothing(int qos) throws Exception {
    assertWhole(FanIn.saturating(qos).run(broker.target(), PLAN));
  }

  @Test
  void a_paced_fan_in_keeps_its_rate() throws Exception {
    ScenarioResult result = FanIn.paced("latency", 0, 1_000).run(broker.target(), PLAN);
    assertWhole(result);
    assertThat(result.perSecond()).isBetween(500.0, 1_500.0);
  }

  @Test
  void a_fan_out_reaches_everybody() throws Exception {
    ScenarioResult result = new FanOut().run(broker.target(), PLAN);
    assertWhole(result);
    assertThat(result.unit()).isEqualTo("delivery");
  }

  @Test
  void connects_are_counted_and_bounded() throws Exception {
    ScenarioResult result = new ConnectStorm(Handshake.FULL).run(broker.target(), PLAN);
    assertThat(result.count()).isBetween(1L, 50L);
    assertThat(result.latency().p50Micros()).isPositive();
  }

  @Test
  void idle_connections_are_opened_and_their_memory_told() throws Exception {
    assertThat(new IdleMemory().run(broker.target(), PLAN).note()).contains("per connection");
  }

  @Test
  void the_report_shows_every_result_and_the_ratio() throws IOException {
    List<ScenarioResult> results =
        List.of(result("sallyport plain", 10, 1), result("mosquitto plain", 5, 0));
    assertThat(BenchReport.table(results)).hasSize(3).last().asString().contains("mosquitto");
    assertThat(BenchReport.ratios(results)).singleElement().asString().contains("2.00 CPU");
    Path file = folder.resolve("bench.json");
    BenchReport.writeJson(file, results, List.of("one failed"));
    assertThat(Files.readString(file))
        .contains("\"cpuToMosquitto\" : 2.0", "\"lost\" : 1", "one failed");
  }

  private static ScenarioResult result(String target, double cpuMicros, long lost) {
    return new ScenarioResult(
        "fan-out",
        target,
        "delivery",
        100,
        1,
        java.util.OptionalDouble.of(cpuMicros),
        ScenarioResult.Latency.NONE,
        lost,
        0,
        "");
  }
}
