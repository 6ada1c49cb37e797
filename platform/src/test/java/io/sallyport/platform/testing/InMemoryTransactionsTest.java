package io.sallyport.platform.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.Problem;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.tenant.TenantSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InMemoryTransactionsTest {
  private static final TenantId ACME = new TenantId("acme01");

  private final InMemoryTransactions transactions = new InMemoryTransactions();
  private final InMemoryTenantStore tenants = new InMemoryTenantStore(transactions);

  private void create(String id) {
    tenants.create(new TenantId(id), id, TenantSettings.DEFAULT, SettableClock.START);
  }

  @Test
  void failing_work_is_undone_in_all_stores() {
    create("acme01");

    assertThatThrownBy(() ->
            transactions.run(() -> {
              create("rival1");
              tenants.delete(ACME, SettableClock.START);
              throw new IllegalStateException("no");
            }))
        .hasMessage("no");

    assertThat(tenants.find(ACME)).isPresent();
    assertThat(tenants.find(new TenantId("rival1"))).isEmpty();
    create("rival1");
  }

  @Test
  void nested_work_joins_the_surrounding_transaction() {
    assertThatThrownBy(() ->
            transactions.run(() -> {
              transactions.run(() -> create("acme01"));
              throw new IllegalStateException("no");
            }))
        .hasMessage("no");

    assertThat(tenants.find(ACME)).isEmpty();
  }

  @Test
  void commit_that_fails_is_undone_and_told() {
    transactions.failNext(Problem.Code.STORAGE_FULL);

    CompletableFuture<Boolean> result =
        transactions.submit(() -> {
          create("acme01");
          return true;
        });

    assertThat(result)
        .failsWithin(Duration.ofSeconds(1))
        .withThrowableThat()
        .withCauseInstanceOf(ProblemException.class);
    assertThat(tenants.find(ACME)).isEmpty();
  }
}
