package io.sallyport.platform.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ReadBudgetTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private ReadBudget budget(Duration waitMax) {
    return new ReadBudget(new ReadBudget.Limits(100, 40, waitMax), meters);
  }

  private static ReadBudget.Lease taken(ReadBudget budget, int tenant, long bytes) {
    return budget.lease(tenant, bytes).orElseThrow();
  }

  @Test
  void a_tenant_that_holds_its_share_leaves_the_others_theirs() {
    ReadBudget budget = budget(Duration.ZERO);
    taken(budget, 1, 40);

    assertThat(budget.lease(1, 1)).isEmpty();
    assertThat(budget.lease(2, 40)).isPresent();
    assertThat(meters.counter("sallyport.read.refused").count()).isEqualTo(1);
    assertThat(meters.get("sallyport.read.bytes").gauge().value()).isEqualTo(80);
  }

  @Test
  void all_together_get_no_more_than_the_whole() {
    ReadBudget budget = budget(Duration.ZERO);
    taken(budget, 1, 40);
    taken(budget, 2, 40);

    assertThat(budget.lease(3, 21)).isEmpty();
    assertThat(budget.lease(3, 20)).isPresent();
  }

  @Test
  void what_is_closed_is_free_and_free_only_once() {
    ReadBudget budget = budget(Duration.ZERO);
    ReadBudget.Lease lease = taken(budget, 1, 40);
    lease.shrinkTo(10);
    lease.shrinkTo(30);
    assertThat(budget.bytes()).isEqualTo(10);

    lease.close();
    lease.close();

    assertThat(budget.bytes()).isZero();
    assertThat(budget.lease(1, 40)).isPresent();
  }

  @Test
  void who_waits_gets_what_becomes_free() {
    ReadBudget budget = budget(Duration.ofMinutes(1));
    ReadBudget.Lease lease = taken(budget, 1, 40);
    CompletableFuture<Optional<ReadBudget.Lease>> waiting = new CompletableFuture<>();
    Thread waiter = Thread.ofVirtual().start(() -> waiting.complete(budget.lease(1, 40)));
    await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);

    lease.close();

    await().until(waiting::isDone);
    assertThat(waiting.join()).isPresent();
  }

  @Test
  void more_than_a_tenant_could_ever_have_is_a_fault() {
    ReadBudget budget = budget(Duration.ZERO);

    assertThatIllegalArgumentException().isThrownBy(() -> budget.lease(1, 41));
  }
}
