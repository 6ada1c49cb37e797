package io.sallyport.simulator.load;

import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.figures.ProcessProbe;
import io.sallyport.simulator.site.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A mosquitto of our own beside the server, for comparison: plain, without login, nothing stored,
 * on a free loopback port, with a configuration of its own. Its window of messages in flight is
 * unlimited: with a window of 1,000 and more than that on their way, 2.0.11 was seen to leave
 * queued QoS 1 messages undelivered here, for a reason that was not found.
 */
final class Mosquitto implements AutoCloseable {
  private final Process process;
  private final Path configuration;
  private final int port;

  private Mosquitto(Process process, Path configuration, int port) {
    this.process = process;
    this.configuration = configuration;
    this.port = port;
  }

  /** The installed program; empty when there is none. */
  static Optional<Path> program() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(":")), Stream.of("/usr/sbin", "/usr/local/sbin"))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "mosquitto"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it and waits until it accepts.
   *
   * @throws IOException when it ends or does not accept within ten seconds
   */
  static Mosquitto start(Path program) throws IOException, InterruptedException {
    return start(program, Ports.freePort());
  }

  /** Starts it on this port. */
  static Mosquitto start(Path program, int port) throws IOException, InterruptedException {
    Path configuration = Files.createTempFile("mosquitto-", ".conf");
    Files.writeString(
        configuration,
        """
        listener %d 127.0.0.1
        allow_anonymous true
        persistence false
        log_dest none
        max_queued_messages 100000
        max_inflight_messages 0
        """
            .formatted(port),
        StandardCharsets.UTF_8);
    Process process =
        new ProcessBuilder(program.toString(), "-c", configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Mosquitto mosquitto = new Mosquitto(process, configuration, port);
    long end = System.nanoTime() + 10_000_000_000L;
    while (!accepts(port)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        mosquitto.close();
        throw new IOException("mosquitto did not start");
      }
      Thread.sleep(20);
    }
    return mosquitto;
  }

  /** It as a server under load, for the scenarios. */
  LoadTarget target() {
    return new OpenTarget(
        "mosquitto plain", endpoint(), Optional.of(new ProcessProbe(process.pid())), "bench");
  }

  Endpoint endpoint() {
    return Endpoint.plain("127.0.0.1", port);
  }

  @Override
  public void close() throws IOException {
    stop();
    Files.deleteIfExists(configuration);
  }

  /** Ends the process; the configuration file stays until {@link #close}. */
  void stop() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      // Refused: it doesn't listen yet, which is the answer to the question.
      return false;
    }
  }
}
