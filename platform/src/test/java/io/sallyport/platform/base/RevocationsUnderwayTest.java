package io.sallyport.platform.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.RevocationJournal.Kind;
import io.sallyport.platform.testing.InMemoryRevocationJournal;
import io.sallyport.platform.testing.SettableClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RevocationsUnderwayTest {
  private final InMemoryRevocationJournal journal =
      new InMemoryRevocationJournal(new SettableClock());
  private final RevocationsUnderway underway = new RevocationsUnderway(journal);

  @Test
  void nothing_is_waited_for_when_nothing_is_underway() {
    underway.begin().close();

    assertThat(underway.told()).isCompleted();
  }

  @Test
  void all_that_are_underway_are_waited_for_and_no_later_one() {
    RevocationsUnderway.Passage first = underway.begin();
    RevocationsUnderway.Passage second = underway.begin();

    CompletableFuture<Void> told = underway.told();
    underway.begin();
    first.close();
    assertThat(told).isNotDone();
    second.close();

    assertThat(told).isCompleted();
  }

  /** THREATS T05: an entry is recorded before its commit, which a copy begun in between misses. */
  @Test
  void copy_begun_while_a_revocation_is_underway_counts_from_before_its_entry() {
    journal.record(Kind.API_KEY_DELETED, "acme01", "a-acme01-0000000000", "1");
    JournalPosition before = journal.position();
    RevocationsUnderway.Passage uncommitted = underway.begin();
    journal.record(Kind.API_KEY_DELETED, "acme01", "a-acme01-1111111111", "2");
    RevocationsUnderway.Passage later = underway.begin();

    assertThat(underway.earliestUncommitted()).isEqualTo(before);
    uncommitted.close();
    assertThat(underway.earliestUncommitted()).isEqualTo(journal.position());
    later.close();

    assertThat(underway.earliestUncommitted()).isEqualTo(journal.position());
  }

  @Test
  void passages_of_one_subject_come_one_after_another() throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    try (ExecutorService others = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> second;
      try (RevocationsUnderway.Passage _ = underway.begin("device acme01/pump/p1")) {
        second =
            others.submit(() -> {
              try (RevocationsUnderway.Passage _ = underway.begin("device acme01/pump/p1")) {
                order.add("second");
              }
            });
        // A passage of no subject does not wait.
        others.submit(() -> underway.begin().close()).get();
        order.add("first");
      }
      second.get();
    }

    assertThat(order).containsExactly("first", "second");
  }
}
