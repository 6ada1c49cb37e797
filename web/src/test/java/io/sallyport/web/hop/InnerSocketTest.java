package io.sallyport.web.hop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InnerSocketTest {
  @TempDir private Path parent;

  @Test
  void folder_is_made_for_this_user_only_and_names_differ() throws IOException {
    Path folder = parent.resolve("run/inner");

    InnerSocket first = InnerSocket.in(folder, new SecureRandom());
    InnerSocket second = InnerSocket.in(folder, new SecureRandom());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwx------");
    assertThat(first.path()).hasParentRaw(folder).isNotEqualTo(second.path());
  }

  @Test
  void socket_of_a_killed_process_is_swept_and_nothing_else() throws IOException {
    Path folder = parent.resolve("inner");
    InnerSocket old = InnerSocket.in(folder, new SecureRandom());
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(old.address());
    }
    Path other = Files.createFile(folder.resolve("notes.txt"));
    assertThat(old.path()).exists();

    InnerSocket.in(folder, new SecureRandom());

    assertThat(old.path()).doesNotExist();
    assertThat(other).exists();
  }

  @Test
  void folder_that_others_may_enter_is_refused() throws IOException {
    Path open =
        Files.createDirectory(
            parent.resolve("open"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));

    assertThatThrownBy(() -> InnerSocket.in(open, new SecureRandom()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("0700");
  }

  @Test
  void link_in_the_place_of_the_folder_is_refused() throws IOException {
    Path real =
        Files.createDirectory(
            parent.resolve("real"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path link = Files.createSymbolicLink(parent.resolve("link"), real);

    assertThatThrownBy(() -> InnerSocket.in(link, new SecureRandom()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void path_too_long_for_a_socket_is_refused_with_a_hint() {
    Path deep = parent.resolve("x".repeat(90));

    assertThatThrownBy(() -> InnerSocket.in(deep, new SecureRandom()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("too long for a socket");
  }
}
