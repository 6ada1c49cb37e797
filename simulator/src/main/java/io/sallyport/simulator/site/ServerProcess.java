package io.sallyport.simulator.site;

import io.sallyport.simulator.figures.ProcessProbe;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The server as a process of its own. Its output goes to a private log file; closing sends SIGTERM
 * and waits, and only a server that ignores that is killed.
 */
public final class ServerProcess implements AutoCloseable {
  private static final Duration STOP_MAX = Duration.ofSeconds(30);

  private final Process process;
  private final Path log;
  private final CompletableFuture<ReadyLine> ready = new CompletableFuture<>();

  private ServerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts the program; {@link #awaitReady} tells when it serves. */
  public static ServerProcess start(List<String> command, Path log) throws IOException {
    return start(command, log, Map.of());
  }

  /** Starts the program with these variables beside those of this process. */
  public static ServerProcess start(List<String> command, Path log, Map<String, String> variables)
      throws IOException {
    if (!Files.exists(log)) {
      Files.createFile(
          log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().putAll(variables);
    Process process = builder.start();
    ServerProcess server = new ServerProcess(process, log);
    Thread.ofVirtual().name("server-output").start(server::copyOutput);
    return server;
  }

  /**
   * Waits for the server's ready line.
   *
   * @throws IOException when the process ends or the time is over first; the message holds the last
   *     lines of its output
   */
  public ReadyLine awaitReady(Duration patience) throws IOException, InterruptedException {
    try {
      return ready.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "the server was not ready in " + patience.toSeconds() + " s" + tail(), e);
    } catch (ExecutionException e) {
      throw new IOException("the server ended before it was ready" + tail(), e);
    }
  }

  /** The process that does the work: the launching script replaces itself or has it as a child. */
  public ProcessProbe probe() {
    return new ProcessProbe(
        process
            .descendants()
            .filter(child -> child.info().command().orElse("").endsWith("/java"))
            .map(ProcessHandle::pid)
            .findFirst()
            .orElse(process.pid()));
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** The end of the server's output, for a message about its failure. */
  public String tail() {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      return ":\n  "
          + String.join("\n  ", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      return " (its log can't be read: " + e.getMessage() + ")";
    }
  }

  /** The lines of the server's output so far that the test accepts. */
  public List<String> logged(Predicate<String> wanted) throws IOException {
    try (Stream<String> lines = Files.lines(log, StandardCharsets.UTF_8)) {
      return lines.filter(wanted).toList();
    }
  }

  @Override
  public void close() {
    // An interrupted caller still gives the server its time to end in order.
    boolean interrupted = Thread.interrupted();
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    children.forEach(ProcessHandle::destroy);
    try {
      if (!process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        children.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void copyOutput() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        BufferedWriter copy =
            Files.newBufferedWriter(log, StandardCharsets.UTF_8, StandardOpenOption.APPEND)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        copy.write(line);
        copy.newLine();
        copy.flush();
        ReadyLine.parse(line).ifPresent(ready::complete);
      }
      ready.completeExceptionally(new IOException("end of output"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }
}
