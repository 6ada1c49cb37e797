package io.sallyport.web.hop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * The place of the inner socket: a random name in a folder that only this user may enter. The
 * folder is the lock; the name only keeps a start from stumbling over a file that a killed process
 * left behind.
 */
public final class InnerSocket {
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private static final String NAME_PATTERN = "http-*.sock";

  /** {@code sun_path} holds 108 bytes on Linux and 104 on macOS, the ending zero included. */
  private static final int PATH_BYTES_MAX = 103;

  private final Path path;

  private InnerSocket(Path path) {
    this.path = path;
  }

  /**
   * Prepares the folder (made if absent, mode 0700 required), sweeps sockets of earlier runs, and
   * chooses a name. Only one process may use a folder at a time: the caller holds the data lock.
   *
   * @throws IllegalStateException when others may enter the folder, or its path is too long
   */
  public static InnerSocket in(Path folder, SecureRandom random) {
    try {
      makePrivate(folder);
      try (DirectoryStream<Path> stale = Files.newDirectoryStream(folder, NAME_PATTERN)) {
        for (Path socket : stale) {
          Files.delete(socket);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the folder " + folder + " cannot be prepared", e);
    }
    byte[] name = new byte[16];
    random.nextBytes(name);
    Path path = folder.toAbsolutePath().resolve("http-" + HexFormat.of().formatHex(name) + ".sock");
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > PATH_BYTES_MAX) {
      throw new IllegalStateException(
          "the path "
              + folder.toAbsolutePath()
              + " is too long for a socket by "
              + (length - PATH_BYTES_MAX)
              + " bytes; choose a shorter run folder");
    }
    return new InnerSocket(path);
  }

  private static void makePrivate(Path folder) throws IOException {
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
    } catch (FileAlreadyExistsException e) {
      PosixFileAttributes found =
          Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isDirectory() || !found.permissions().equals(PRIVATE)) {
        throw new IllegalStateException(
            folder + " must be a folder of mode 0700 that belongs to this program", e);
      }
    }
  }

  /** Where the container listens and the front connects. */
  public UnixDomainSocketAddress address() {
    return UnixDomainSocketAddress.of(path);
  }

  /** An empty folder: what the container would serve as files. */
  Path documentRoot() {
    Path root = path.resolveSibling("root");
    try {
      makePrivate(root);
    } catch (IOException e) {
      throw new UncheckedIOException("the folder " + root + " cannot be prepared", e);
    }
    return root;
  }

  /** Where the container may put temporary files; it makes the folder and deletes it. */
  Path workFolder() {
    return path.resolveSibling("work");
  }

  Path path() {
    return path;
  }
}
