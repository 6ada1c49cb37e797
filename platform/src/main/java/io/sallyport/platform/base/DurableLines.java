package io.sallyport.platform.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A file (mode 0600) of lines that only grows; each is synced before {@link #append} returns. A
 * last line that a crash tore is cut off at the next opening. Guarded by its owner.
 */
final class DurableLines implements AutoCloseable {
  private final Path file;
  private final FileChannel channel;

  /** Opens the file, making it if there is none. */
  DurableLines(Path file) throws IOException {
    this.file = file;
    if (!Files.exists(file)) {
      create(file);
    }
    channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      cutTornLine();
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static void create(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } else {
      Files.createFile(file);
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      // The new name itself must survive a power cut.
      try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  private void cutTornLine() throws IOException {
    byte[] content = Files.readAllBytes(file);
    int end = content.length;
    while (end > 0 && content[end - 1] != '\n') {
      end--;
    }
    if (end < content.length) {
      channel.truncate(end);
      channel.force(true);
    }
    channel.position(end);
  }

  /**
   * @param line without line feed
   */
  void append(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    long start = channel.position();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      // Half a line must not swallow the next one.
      channel.truncate(start);
      throw e;
    }
  }

  List<String> read() throws IOException {
    return Files.readAllLines(file, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
