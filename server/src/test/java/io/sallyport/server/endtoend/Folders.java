package io.sallyport.server.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Copies of folders, as an operator would make them. */
final class Folders {
  private Folders() {}

  /** Copies the files of a flat folder with their modes, without those named. */
  static void copyFlat(Path from, Path to, String... without) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path name = file.getFileName();
        if (!List.of(without).contains(name.toString())) {
          Files.copy(file, to.resolve(name), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
