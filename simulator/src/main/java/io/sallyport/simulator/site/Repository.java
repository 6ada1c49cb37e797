package io.sallyport.simulator.site;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the {@code sallyport} program beside which this one was built. */
public final class Repository {
  private static final String PROGRAM = "sallyport";

  private Repository() {}

  /**
   * The program: {@code SALLYPORT_HOME}'s, or the one above this class's folder, or above the
   * working directory.
   *
   * @throws IllegalStateException when there is none
   */
  public static Path program(Map<String, String> environment) {
    String home = environment.get("SALLYPORT_HOME");
    if (home != null) {
      return Path.of(home, PROGRAM);
    }
    for (Path start : new Path[] {classFolder(), Path.of("").toAbsolutePath()}) {
      for (@Nullable Path folder = start; folder != null; folder = folder.getParent()) {
        Path program = folder.resolve(PROGRAM);
        if (Files.isRegularFile(program) && Files.isExecutable(program)) {
          return program;
        }
      }
    }
    throw new IllegalStateException("the program 'sallyport' was not found; set SALLYPORT_HOME");
  }

  private static Path classFolder() {
    CodeSource source = Repository.class.getProtectionDomain().getCodeSource();
    try {
      return source == null
          ? Path.of("").toAbsolutePath()
          : Path.of(source.getLocation().toURI()).toAbsolutePath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the class path is not a folder", e);
    }
  }
}
