package io.sallyport.server.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sallyport.server.config.ConfigurationProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path parent = Path.of(".");

  @Test
  void a_new_folder_and_its_key_folder_are_private() throws IOException {
    try (DataFolder data = DataFolder.open(parent.resolve("data"))) {
      assertThat(data.created()).isTrue();
      assertThat(Files.getPosixFilePermissions(data.root()))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      assertThat(data.keys()).isEqualTo(parent.resolve("data.keys").toAbsolutePath());
      assertThat(Files.getPosixFilePermissions(data.keys()))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void a_second_holder_is_refused_until_the_first_lets_go() {
    Path folder = parent.resolve("data");
    try (DataFolder first = DataFolder.open(folder)) {
      assertThat(first.root()).exists();
      assertThatThrownBy(() -> DataFolder.open(folder))
          .isInstanceOf(ConfigurationProblem.class)
          .hasMessageContaining("in use by another Sallyport process");
    }
    try (DataFolder again = DataFolder.open(folder)) {
      assertThat(again.created()).isFalse();
    }
  }

  @Test
  void a_folder_of_a_newer_version_is_refused() throws IOException {
    Path folder = parent.resolve("data");
    DataFolder.open(folder).close();
    Files.writeString(folder.resolve("VERSION"), "99\n");
    assertThatThrownBy(() -> DataFolder.open(folder))
        .isInstanceOf(ConfigurationProblem.class)
        .hasMessageContaining("newer Sallyport");
  }

  @Test
  void a_folder_that_others_may_write_is_refused() throws IOException {
    Path folder = parent.resolve("data");
    DataFolder.open(folder).close();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThatThrownBy(() -> DataFolder.open(folder)).hasMessageContaining("chmod go-rwx");
  }

  @Test
  void a_folder_with_other_things_in_it_is_left_alone() throws IOException {
    Path folder = Files.createDirectory(parent.resolve("documents"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(folder.resolve("letter.txt"), "dear");
    assertThatThrownBy(() -> DataFolder.open(folder)).hasMessageContaining("is not empty");
    assertThat(folder.resolve("VERSION")).doesNotExist();
  }

  @Test
  void temporary_files_of_an_earlier_run_are_swept() throws IOException {
    Path folder = parent.resolve("data");
    try (DataFolder data = DataFolder.open(folder)) {
      Files.writeString(data.temporary().resolve("upload"), "left over");
    }
    try (DataFolder data = DataFolder.open(folder)) {
      assertThat(data.temporary()).isEmptyDirectory();
    }
  }
}
