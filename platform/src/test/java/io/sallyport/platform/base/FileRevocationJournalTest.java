package io.sallyport.platform.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.platform.base.RevocationJournal.Kind;
import io.sallyport.platform.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRevocationJournalTest {
  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock();
  private Path file = Path.of("unset");

  @BeforeEach
  void chooseFile() {
    file = folder.resolve("revocations");
  }

  private FileRevocationJournal open() {
    return new FileRevocationJournal(file, clock);
  }

  @Test
  void entries_are_there_after_reopening() {
    try (FileRevocationJournal journal = open()) {
      journal.record(Kind.DEVICE_DELETED, "acme01", "pump", "p1 ä", "17");
    }

    try (FileRevocationJournal journal = open()) {
      assertThat(journal.since(Instant.EPOCH))
          .containsExactly(
              new RevocationJournal.Entry(
                  clock.instant(), Kind.DEVICE_DELETED, List.of("acme01", "pump", "p1 ä", "17")));
    }
  }

  @Test
  void only_entries_since_the_moment_are_returned() {
    try (FileRevocationJournal journal = open()) {
      journal.record(Kind.API_KEY_DELETED, "acme01", "a-acme01-0000000000");
      clock.advance(Duration.ofHours(1));
      journal.record(Kind.API_KEY_DISABLED, "acme01", "a-acme01-1111111111");

      assertThat(journal.since(clock.instant()))
          .extracting(RevocationJournal.Entry::kind)
          .containsExactly(Kind.API_KEY_DISABLED);
    }
  }

  @Test
  void line_torn_by_a_crash_is_cut_off_and_the_next_is_whole() throws IOException {
    try (FileRevocationJournal journal = open()) {
      journal.record(Kind.TENANT_DELETED, "acme01", "1");
    }
    Files.writeString(file, "2026-11-20T10:00:00Z\tTENANT_DEL", StandardOpenOption.APPEND);

    try (FileRevocationJournal journal = open()) {
      journal.record(Kind.TENANT_DELETED, "rival1", "2");

      assertThat(journal.since(Instant.EPOCH))
          .extracting(entry -> entry.ids().getFirst())
          .containsExactly("acme01", "rival1");
    }
  }

  @Test
  void damaged_line_is_named_not_skipped() throws IOException {
    Files.writeString(file, "2026-11-20T10:00:00Z\tTENANT_DELETED\tacme01\t1\nrubbish\n");

    try (FileRevocationJournal journal = open()) {
      assertThatExceptionOfType(ProblemException.class)
          .isThrownBy(() -> journal.since(Instant.EPOCH))
          .satisfies(
              problem -> assertThat(problem.problem().code()).isEqualTo(Problem.Code.CORRUPT))
          .withMessageContaining("line 2");
    }
  }

  @Test
  void id_that_would_forge_a_line_is_refused() {
    try (FileRevocationJournal journal = open()) {
      assertThatThrownBy(() -> journal.record(Kind.DEVICE_DELETED, "a\nb"))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(journal.since(Instant.EPOCH)).isEmpty();
    }
  }

  @Test
  void file_is_readable_by_its_owner_only() throws IOException {
    try (FileRevocationJournal journal = open()) {
      journal.record(Kind.TENANT_SUSPENDED, "acme01", "1");
    }

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  /** THREATS T05: what a wall clock that was set back says does not matter. */
  @Test
  void entries_behind_a_position_are_returned_whatever_their_time() {
    JournalPosition noted;
    try (FileRevocationJournal journal = open()) {
      journal.record(Kind.TENANT_DELETED, "acme01", "1");
      noted = JournalPosition.parse(journal.position().text());
    }
    clock.advance(Duration.ofDays(-3));

    try (FileRevocationJournal journal = open()) {
      assertThat(journal.position()).isEqualTo(noted);
      journal.record(Kind.TENANT_DELETED, "rival1", "2");

      assertThat(journal.since(noted).orElseThrow())
          .extracting(entry -> entry.ids().getFirst())
          .containsExactly("rival1");
      assertThat(journal.since(JournalPosition.START).orElseThrow()).hasSize(2);
    }
  }

  @Test
  void position_of_another_journal_is_known_as_such() {
    JournalPosition noted;
    try (FileRevocationJournal journal = open()) {
      journal.record(Kind.TENANT_DELETED, "acme01", "1");
      noted = journal.position();
    }
    file = folder.resolve("another");

    try (FileRevocationJournal journal = open()) {
      assertThat(journal.since(noted)).isEmpty();
      journal.record(Kind.TENANT_DELETED, "rival1", "2");
      assertThat(journal.since(noted)).isEmpty();
    }
  }
}
