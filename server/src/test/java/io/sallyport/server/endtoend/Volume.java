package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** A small volume in a mount namespace of its own, which lasts until this is closed. */
final class Volume implements AutoCloseable {
  private final Path mounted;
  private final Process holder;

  private Volume(Path mounted, Process holder) {
    this.mounted = mounted;
    this.holder = holder;
  }

  /** A volume in memory; skips the test where the system does not permit mounts. */
  static Volume inMemory(Path at, int mebibytes) throws IOException {
    return mount(at, "mount -t tmpfs -o size=" + mebibytes + "m,mode=0700 tmpfs");
  }

  /** A file system in an image file, which turns read-only by itself after an error. */
  static Volume inFile(Path image, Path at) throws IOException {
    return mount(at, "mount -t ext4 -o loop,errors=remount-ro '" + image + "'");
  }

  static void format(Path image, int mebibytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength((long) mebibytes << 20);
    }
    run(List.of("mkfs.ext4", "-q", "-F", image.toString()));
  }

  /** Checks and mends, as a machine does when it starts after a fault. */
  static void repair(Path image) throws IOException {
    Process check =
        new ProcessBuilder("e2fsck", "-f", "-y", image.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(check.getInputStream().readAllBytes(), UTF_8);
    // 1: errors were corrected.
    if (check.onExit().join().exitValue() > 1) {
      throw new IOException("e2fsck: " + said);
    }
  }

  private static Volume mount(Path at, String command) throws IOException {
    Files.createDirectories(at);
    Process holder =
        new ProcessBuilder(
                "unshare",
                "-m",
                "sh",
                "-c",
                command + " '" + at + "' && chmod 700 '" + at + "' && echo mounted && exec cat")
            .redirectErrorStream(true)
            .start();
    byte[] said = new byte[2048];
    int length = holder.getInputStream().read(said);
    String text = length < 0 ? "nothing" : new String(said, 0, length, UTF_8);
    if (!text.startsWith("mounted")) {
      holder.destroyForcibly().onExit().join();
      throw new TestAbortedException("mounts are not permitted here: " + text.strip());
    }
    return new Volume(at, holder);
  }

  Path mounted() {
    return mounted;
  }

  /** What runs another command where this volume is mounted. */
  List<String> enter() {
    return List.of("nsenter", "-m", "-t", Long.toString(holder.pid()));
  }

  void remountReadOnly() throws IOException {
    List<String> command = new ArrayList<>(enter());
    command.addAll(List.of("mount", "-o", "remount,ro", mounted.toString()));
    run(command);
  }

  /** Makes the file system meet an error, after which it is read-only at once. */
  void fail() throws IOException {
    List<String> command = new ArrayList<>(enter());
    command.addAll(List.of("findmnt", "-n", "-o", "SOURCE", mounted.toString()));
    String device = run(command).strip();
    Path trigger =
        Path.of("/sys/fs/ext4", Path.of(device).getFileName().toString(), "trigger_fs_error");
    if (!Files.isWritable(trigger)) {
      throw new TestAbortedException("the system can't be told to fail: no " + trigger);
    }
    Files.writeString(trigger, "1");
  }

  /** Lets nobody, root included, make, rename or remove files in a folder. */
  void freeze(Path folder) throws IOException {
    run(List.of("chattr", "+i", seen(folder).toString()));
  }

  void thaw(Path folder) throws IOException {
    run(List.of("chattr", "-i", seen(folder).toString()));
  }

  /** Takes space until no more than this is left. */
  void fill(long bytesLeft) throws IOException {
    byte[] block = new byte[64 << 10];
    Path root = seen(mounted);
    int files = 0;
    while (root.toFile().getUsableSpace() > bytesLeft) {
      Path filler = root.resolve("filler" + files++);
      try (OutputStream out = Files.newOutputStream(filler)) {
        while (root.toFile().getUsableSpace() > bytesLeft) {
          out.write(block);
        }
      } catch (IOException full) {
        if (root.toFile().getUsableSpace() > block.length) {
          throw full;
        }
        return;
      }
    }
  }

  void free() throws IOException {
    try (Stream<Path> files = Files.list(seen(mounted))) {
      for (Path file :
          files.filter(file -> file.getFileName().toString().startsWith("filler")).toList()) {
        Files.delete(file);
      }
    }
  }

  private Path seen(Path file) {
    return Path.of("/proc", Long.toString(holder.pid()), "root")
        .resolve(Path.of("/").relativize(file));
  }

  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new TestAbortedException(command.getFirst() + ": " + said.strip());
    }
    return said;
  }

  /** The namespace ends with its last process, and the mount with it. */
  @Override
  public void close() {
    holder.destroyForcibly().onExit().join();
  }
}
