package io.sallyport.server.cli;

import io.sallyport.platform.base.Secret;
import io.sallyport.server.config.ConfigurationProblem;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A passphrase from a file, the environment or the terminal; never from the command line. */
final class Passphrase {
  static final String VARIABLE = "SALLYPORT_PASSPHRASE";

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description =
          "File whose first line is the passphrase (default: the variable "
              + VARIABLE
              + ", else asked at the terminal).")
  @Nullable Path file;

  // JDK 25 went back to a console that is null where input or output is redirected.
  @SuppressWarnings("SystemConsoleNull")
  Secret read() {
    if (file != null) {
      try {
        return strong(Files.readString(file).lines().findFirst().orElse(""));
      } catch (IOException e) {
        throw new ConfigurationProblem("can't read " + file + ": " + e.getMessage(), e);
      }
    }
    String variable = System.getenv(VARIABLE);
    if (variable != null) {
      return strong(variable);
    }
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new ConfigurationProblem(
          "give --passphrase-file FILE or set " + VARIABLE + ": there is no terminal to ask at");
    }
    return strong(new String(console.readPassword("Passphrase: ")));
  }

  private static Secret strong(String text) {
    if (text.length() < 12) {
      throw new ConfigurationProblem("a passphrase needs at least 12 characters");
    }
    return Secret.of(text);
  }
}
