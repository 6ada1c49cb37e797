package io.sallyport.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of somebody else's as a child process. */
final class ForeignProgram implements AutoCloseable {
  private final Process process;
  private final Path output;

  private ForeignProgram(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  static boolean isInstalled(String name) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }

  /** Starts it with its output, both kinds, in a file of that folder. */
  static ForeignProgram start(Path folder, List<String> command) {
    try {
      Path output = Files.createTempFile(folder, "output", ".txt");
      List<String> lineByLine = new ArrayList<>(List.of("stdbuf", "-oL"));
      lineByLine.addAll(command);
      Process process =
          new ProcessBuilder(lineByLine)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      process.getOutputStream().close();
      return new ForeignProgram(process, output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String output() {
    try {
      return Files.readString(output, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ForeignProgram awaitOutput(String text) {
    await().atMost(Duration.ofSeconds(30)).until(() -> output().contains(text));
    return this;
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** Its exit code. */
  int awaitExit() {
    try {
      assertThat(process.waitFor(40, TimeUnit.SECONDS)).as("ends; output: %s", output()).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
