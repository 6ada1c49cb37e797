package io.sallyport.platform.base;

import static io.sallyport.platform.base.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.sallyport.platform.base.NumberMarks.Sequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNumberMarksTest {
  @TempDir private Path folder;
  private Path file = Path.of("unset");

  @BeforeEach
  void chooseFile() {
    file = folder.resolve("numbers");
  }

  private FileNumberMarks open(boolean fresh) {
    return new FileNumberMarks(file, fresh);
  }

  @Test
  void a_number_given_is_never_above_its_mark_after_reopening() {
    try (FileNumberMarks marks = open(true)) {
      for (long number = 1; number <= 2_500; number++) {
        marks.given(Sequence.OBJECTS, number);
      }
    }

    try (FileNumberMarks marks = open(false)) {
      assertThat(marks.mark(Sequence.OBJECTS)).hasValue(3_003);
      assertThat(marks.mark(Sequence.TENANTS)).hasValue(0);
    }
  }

  @Test
  void the_file_grows_by_one_line_for_a_block_of_numbers() throws IOException {
    try (FileNumberMarks marks = open(true)) {
      List<String> before = Files.readAllLines(file);
      for (long number = 1; number <= 1_001; number++) {
        marks.given(Sequence.OBJECTS, number);
      }

      assertThat(Files.readAllLines(file)).hasSize(before.size() + 1);
    }
  }

  @Test
  void a_mark_never_falls() {
    try (FileNumberMarks marks = open(true)) {
      marks.given(Sequence.TENANTS, 100);
      marks.given(Sequence.TENANTS, 5);

      assertThat(marks.mark(Sequence.TENANTS)).hasValue(116);
    }
  }

  @Test
  void nothing_given_yet_is_known_after_reopening() {
    open(true).close();

    try (FileNumberMarks marks = open(false)) {
      assertThat(marks.mark(Sequence.TENANTS)).hasValue(0);
    }
  }

  @Test
  void marks_that_were_lost_are_not_known() {
    try (FileNumberMarks marks = open(false)) {
      assertThat(marks.mark(Sequence.TENANTS)).isEmpty();
      assertThat(marks.mark(Sequence.OBJECTS)).isEmpty();
    }
  }

  @Test
  void a_line_torn_by_a_crash_does_not_count() throws IOException {
    try (FileNumberMarks marks = open(true)) {
      marks.given(Sequence.TENANTS, 1);
    }
    Files.writeString(file, "TENANTS\t9", StandardOpenOption.APPEND);

    try (FileNumberMarks marks = open(false)) {
      assertThat(marks.mark(Sequence.TENANTS)).hasValue(17);
    }
  }

  @Test
  void a_damaged_line_is_named() throws IOException {
    Files.writeString(file, "TENANTS\t9\nTENANTS\tmany\n");

    assertProblem(Problem.Code.CORRUPT, () -> open(false));
  }

  @Test
  void only_the_owner_may_read_it() throws IOException {
    open(true).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
