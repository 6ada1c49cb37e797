package io.sallyport.simulator.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SoakTest {
  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  private static SoakPlan plan(OptionalDouble perSecond) {
    return new SoakPlan(
        Duration.ofSeconds(6),
        perSecond,
        Duration.ofMillis(200),
        Duration.ofMillis(500),
        10,
        10,
        Duration.ofMillis(1_300),
        Duration.ofMillis(700),
        Duration.ofMillis(300));
  }

  private static Findings soak(TestBroker broker, SoakPlan plan) throws InterruptedException {
    LoadTarget target = broker.target();
    return new Soak(
            target,
            new OpenTarget("the same", target.endpoint(), target.probe(), "plain"),
            plan,
            new ServerHealth(target.probe(), Optional.empty()),
            NOWHERE)
        .run();
  }

  private static ScenarioResult row(Findings findings, String name) {
    return findings.results().stream()
        .filter(result -> result.scenario().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void every_kind_arrives_whole_at_its_rate_and_the_memory_is_looked_at() throws Exception {
    try (TestBroker broker = TestBroker.startOrSkip()) {
      Findings findings = soak(broker, plan(OptionalDouble.of(500)));

      assertThat(findings.failures()).isEmpty();
      assertThat(row(findings, Soak.NAME).perSecond()).isBetween(200.0, 600.0);
      assertThat(row(findings, Soak.NAME).note()).contains("cuts of the plain reader");
      for (String kind :
          List.of("soak-events-qos0", "soak-events-qos1", "soak-commands", "soak-plain")) {
        ScenarioResult result = row(findings, kind);
        assertThat(result.count()).as(kind).isPositive();
        assertThat(result.lost()).as(kind).isZero();
        assertThat(result.note()).contains("p99.9");
      }
      // The second half has two of the four looks; a line wants three.
      assertThat(row(findings, "soak-outside-heap").note()).contains("looks").contains("2");
    }
  }

  @Test
  void without_a_rate_it_runs_at_half_of_the_most() throws Exception {
    try (TestBroker broker = TestBroker.startOrSkip()) {
      Findings findings = soak(broker, plan(OptionalDouble.empty()));

      assertThat(findings.failures()).isEmpty();
      assertThat(row(findings, Soak.NAME).perSecond())
          .isBetween(
              row(findings, "soak-most").perSecond() * 0.1,
              row(findings, "soak-most").perSecond() * 0.6);
      assertThat(findings.results()).allMatch(result -> result.lost() == 0);
    }
  }
}
