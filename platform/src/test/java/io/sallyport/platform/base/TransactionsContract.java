package io.sallyport.platform.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.tenant.TenantSettings;
import io.sallyport.platform.tenant.TenantStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every implementation of {@link Transactions} must do. */
public interface TransactionsContract {
  Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  Transactions transactions();

  /** A store whose calls join these transactions. */
  TenantStore tenants();

  private static TenantId id(int number) {
    return new TenantId("t%05d".formatted(number));
  }

  private void create(int number) {
    tenants().create(id(number), "Tenant " + number, TenantSettings.DEFAULT, NOW);
  }

  private boolean exists(int number) {
    return tenants().find(id(number)).isPresent();
  }

  @Test
  default void work_is_done_and_its_result_returned() {
    String result =
        transactions()
            .write(() -> {
              create(1);
              create(2);
              return "done";
            });

    assertThat(result).isEqualTo("done");
    assertThat(exists(1)).isTrue();
    assertThat(exists(2)).isTrue();
  }

  @Test
  default void work_reads_what_it_wrote() {
    Boolean seen =
        transactions()
            .write(() -> {
              create(1);
              return exists(1);
            });

    assertThat(seen).isTrue();
  }

  @Test
  default void failing_work_leaves_nothing_and_its_exception_comes_out_unchanged() {
    IllegalStateException failure = new IllegalStateException("changed my mind");

    assertThatThrownBy(() ->
            transactions()
                .run(() -> {
                  create(1);
                  throw failure;
                }))
        .isSameAs(failure);

    assertThat(exists(1)).isFalse();
  }

  @Test
  default void an_error_undoes_work_too_and_comes_out_unchanged() {
    StackOverflowError failure = new StackOverflowError("too deep");

    assertThatThrownBy(() ->
            transactions()
                .run(() -> {
                  create(1);
                  throw failure;
                }))
        .isSameAs(failure);

    assertThat(exists(1)).isFalse();
  }

  @Test
  default void a_refusal_caught_inside_work_leaves_the_rest_of_it_standing() {
    create(1);

    transactions()
        .run(() -> {
          create(2);
          Problems.assertProblem(Problem.Code.ALREADY_EXISTS, () -> create(1));
          create(3);
        });

    assertThat(exists(2)).isTrue();
    assertThat(exists(3)).isTrue();
  }

  @Test
  default void nested_work_joins_and_is_undone_with_the_outer() {
    assertThatThrownBy(() ->
            transactions()
                .run(() -> {
                  transactions().run(() -> create(1));
                  assertThat(exists(1)).isTrue();
                  throw new IllegalStateException("outer fails");
                }))
        .hasMessage("outer fails");

    assertThat(exists(1)).isFalse();
  }

  @Test
  default void submitted_work_completes_its_future() {
    CompletableFuture<String> future =
        transactions()
            .submit(() -> {
              create(1);
              return "done";
            });

    assertThat(future.join()).isEqualTo("done");
    assertThat(exists(1)).isTrue();
  }

  @Test
  default void submitted_work_that_fails_completes_its_future_with_the_exception() {
    IllegalStateException failure = new IllegalStateException("no");

    CompletableFuture<Object> future =
        transactions()
            .submit(() -> {
              create(1);
              throw failure;
            });

    assertThatThrownBy(future::join).isInstanceOf(CompletionException.class).hasCause(failure);
    assertThat(exists(1)).isFalse();
  }

  @Test
  default void of_many_submitted_the_failing_are_undone_alone_and_all_run_in_order() {
    List<Integer> order = new CopyOnWriteArrayList<>();
    List<CompletableFuture<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int number = i;
      futures.add(
          transactions()
              .submit(() -> {
                order.add(number);
                create(number);
                if (number % 3 == 0) {
                  throw new IllegalStateException("fails " + number);
                }
                return number;
              }));
    }

    for (int i = 0; i < 60; i++) {
      if (i % 3 == 0) {
        assertThatThrownBy(futures.get(i)::join).cause().hasMessage("fails " + i);
      } else {
        assertThat(futures.get(i).join()).isEqualTo(i);
      }
      assertThat(exists(i)).isEqualTo(i % 3 != 0);
    }
    assertThat(order).isSorted().hasSize(60);
  }

  @Test
  default void what_hangs_on_a_future_may_write_again() {
    CompletableFuture<Optional<Boolean>> future =
        transactions()
            .submit(() -> {
              create(1);
              return true;
            })
            .thenApply(done -> {
              transactions().run(() -> create(2));
              return Optional.of(exists(2));
            });

    assertThat(future.join()).contains(true);
  }

  @Test
  default void work_submitted_inside_work_ends_with_it() {
    List<CompletableFuture<Boolean>> inner = new ArrayList<>();
    assertThatThrownBy(() ->
            transactions()
                .run(() -> {
                  inner.add(
                      transactions()
                          .submit(() -> {
                            create(1);
                            return true;
                          }));
                  throw new IllegalStateException("outer fails");
                }))
        .hasMessage("outer fails");

    assertThatThrownBy(inner.getFirst()::join).cause().hasMessage("outer fails");
    assertThat(exists(1)).isFalse();
  }

  @Test
  default void writers_on_many_threads_all_succeed() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int number = i;
        writers.add(threads.submit(() -> transactions().run(() -> create(number))));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }

    assertThat(Pages.all(7, tenants()::list)).hasSize(200);
  }
}
