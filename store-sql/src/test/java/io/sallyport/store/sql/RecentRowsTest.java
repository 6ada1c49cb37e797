package io.sallyport.store.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RecentRowsTest {
  private final RecentRows<String, String> rows = new RecentRows<>(100);
  private final AtomicInteger reads = new AtomicInteger();
  private Optional<String> stored = Optional.of("first");

  private Optional<String> read() {
    reads.incrementAndGet();
    return stored;
  }

  @Test
  void a_row_is_read_once_while_nothing_changes() {
    assertThat(rows.find("key", this::read)).contains("first");
    assertThat(rows.find("key", this::read)).contains("first");

    assertThat(reads).hasValue(1);
  }

  @Test
  void a_forgotten_row_is_read_again() {
    rows.find("key", this::read);
    stored = Optional.of("second");
    rows.forget("key");

    assertThat(rows.find("key", this::read)).contains("second");
  }

  @Test
  void all_rows_are_read_again_after_all_were_forgotten() {
    rows.find("key", this::read);
    rows.find("other", this::read);
    stored = Optional.empty();
    rows.forgetAll();

    assertThat(rows.find("key", this::read)).isEmpty();
    assertThat(rows.find("other", this::read)).isEmpty();
  }

  @Test
  void an_absent_row_is_looked_for_each_time() {
    stored = Optional.empty();
    rows.find("key", this::read);
    stored = Optional.of("now there");

    assertThat(rows.find("key", this::read)).contains("now there");
  }

  /** The reader had its answer before the commit and remembers it after. */
  @Test
  void a_row_that_was_overtaken_by_a_commit_is_not_believed_afterwards() {
    Optional<String> answer =
        rows.find(
            "key",
            () -> {
              Optional<String> before = read();
              stored = Optional.of("second");
              rows.forget("key");
              return before;
            });

    assertThat(answer).contains("first");
    assertThat(rows.find("key", this::read)).contains("second");
  }
}
