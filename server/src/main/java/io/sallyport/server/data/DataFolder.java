package io.sallyport.server.data;

import io.sallyport.server.config.ConfigurationProblem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one data folder of an installation, held by one process: lock, version, modes (THREATS T07).
 * The keys stand beside it in {@code <data>.keys} (T02).
 */
public final class DataFolder implements AutoCloseable {
  /** Version of the layout this program writes; a newer one is refused. */
  static final int LAYOUT_VERSION = 1;

  /** What a socket's own name leaves of the 103 bytes that a socket's path may have. */
  private static final int RUN_PATH_BYTES_MAX = 60;

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> OTHERS_WRITE =
      EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private final Path root;
  private final Path keys;
  private final boolean created;
  private final FileChannel lockChannel;
  private final FileLock lock;

  private DataFolder(
      Path root, Path keys, boolean created, FileChannel lockChannel, FileLock lock) {
    this.root = root;
    this.keys = keys;
    this.created = created;
    this.lockChannel = lockChannel;
    this.lock = lock;
  }

  /**
   * Opens the folder, making it when it does not exist.
   *
   * @throws ConfigurationProblem if it can't be written, others may write to it, another process
   *     holds it, it is no data folder, or a newer program wrote it
   */
  public static DataFolder open(Path folder) {
    Path root = folder.toAbsolutePath().normalize();
    try {
      boolean created = makePrivate(root);
      refuseForeignWriters(root);
      Path keys = keyFolder(root);
      makePrivate(keys);
      refuseForeignWriters(keys);
      FileChannel channel =
          FileChannel.open(
              root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(root, channel);
      try {
        boolean fresh = checkVersion(root);
        DataFolder data = new DataFolder(root, keys, created || fresh, channel, lock);
        data.sweepTemporaryFiles();
        return data;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ConfigurationProblem(
          "can't use the data folder "
              + root
              + ": "
              + e
              + ". It must be on a disk that is mounted for writing and has free space.",
          e);
    }
  }

  /** Where the keys of a data folder are kept. */
  public static Path keyFolder(Path root) {
    Path absolute = root.toAbsolutePath().normalize();
    return absolute.resolveSibling(absolute.getFileName() + ".keys");
  }

  public Path root() {
    return root;
  }

  public Path keys() {
    return keys;
  }

  /** Whether this start made it. */
  public boolean created() {
    return created;
  }

  public Path registryFile() {
    return root.resolve("registry.db");
  }

  public Path logFolder() {
    return root.resolve("log");
  }

  /** Where the wrapped tenant and data keys are. */
  public Path wrappedKeys() {
    return root.resolve("keys");
  }

  /** The installation CA: its certificate, and its private key sealed under a purpose key. */
  public Path sealedCa() {
    return root.resolve("ca.sealed");
  }

  public Path caFile() {
    return root.resolve("ca.pem");
  }

  /**
   * A private folder for sockets: in the data folder, or where its path is too long for a socket's
   * name, a new one in the system's folder for temporary files.
   */
  public Path runFolder() {
    Path inside = root.resolve("run");
    if (inside.toString().getBytes(StandardCharsets.UTF_8).length <= RUN_PATH_BYTES_MAX) {
      return inside;
    }
    try {
      Path outside = Files.createTempDirectory(Path.of("/tmp"), "sallyport-");
      outside.toFile().deleteOnExit();
      return outside;
    } catch (IOException e) {
      throw new ConfigurationProblem(
          "the path of the data folder is too long for a socket, and /tmp can't be used", e);
    }
  }

  /** A private folder for temporary files, emptied at every start. */
  public Path temporary() {
    return root.resolve("tmp");
  }

  @Override
  public void close() {
    try {
      lock.release();
      lockChannel.close();
    } catch (IOException e) {
      throw new IllegalStateException("can't release the lock on " + root, e);
    }
  }

  /** Writes or replaces a small file: after a power cut it is as before or whole, never empty. */
  public static void writeDurably(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(next, text);
    try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Backup.syncFolder(file.toAbsolutePath().resolveSibling(""));
  }

  private void sweepTemporaryFiles() throws IOException {
    if (Files.exists(temporary(), LinkOption.NOFOLLOW_LINKS)) {
      deleteTree(temporary());
    }
    makePrivate(temporary());
  }

  static void deleteTree(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Makes the folder if it is missing; whether it did. */
  static boolean makePrivate(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return false;
    }
    Path parent = folder.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    return true;
  }

  static void refuseForeignWriters(Path path) throws IOException {
    Set<PosixFilePermission> modes = EnumSet.noneOf(PosixFilePermission.class);
    modes.addAll(Files.getPosixFilePermissions(path));
    modes.retainAll(OTHERS_WRITE);
    if (!modes.isEmpty()) {
      throw new ConfigurationProblem(
          path + " may be written by other users of this host; run: chmod go-rwx '" + path + "'");
    }
  }

  private static FileLock tryLock(Path root, FileChannel channel) throws IOException {
    @Nullable FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw inUse(root, e);
    }
    if (lock == null) {
      channel.close();
      throw inUse(root, null);
    }
    return lock;
  }

  private static ConfigurationProblem inUse(Path root, @Nullable Exception cause) {
    String text =
        "the data folder "
            + root
            + " is in use by another Sallyport process; stop that one first, or give --data"
            + " another folder";
    return cause == null ? new ConfigurationProblem(text) : new ConfigurationProblem(text, cause);
  }

  /** Whether the folder is fresh. */
  private static boolean checkVersion(Path root) throws IOException {
    Path file = root.resolve("VERSION");
    if (!Files.exists(file)) {
      try (var entries = Files.list(root)) {
        // A start that was cut off may have left the last of these.
        Set<String> ours = Set.of("lock", "VERSION.new");
        if (entries.anyMatch(entry -> !ours.contains(entry.getFileName().toString()))) {
          throw new ConfigurationProblem(
              root + " is not empty and holds no Sallyport data; give --data another folder");
        }
      }
      writeDurably(file, LAYOUT_VERSION + "\n");
      return true;
    }
    String text = Files.readString(file).strip();
    int version;
    try {
      version = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new ConfigurationProblem(file + " is damaged; restore the folder from a backup", e);
    }
    if (version > LAYOUT_VERSION) {
      throw new ConfigurationProblem(
          root
              + " was written by a newer Sallyport (layout "
              + version
              + ", this program knows "
              + LAYOUT_VERSION
              + "); use that version, or restore an older backup");
    }
    return false;
  }
}
