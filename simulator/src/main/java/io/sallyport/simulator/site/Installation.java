package io.sallyport.simulator.site;

import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.figures.ProcessProbe;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A platform on a throw-away data folder, started as a customer starts it: {@code sallyport serve
 * --data … --bootstrap … --bind 127.0.0.1 --port-offset N}. Closing stops the server and removes
 * the folder; closing twice does nothing more.
 */
public final class Installation implements AutoCloseable {
  private static final String HOST = "localhost";
  private static final Duration START_MAX = Duration.ofMinutes(10);

  private final Path program;
  private final Path folder;
  private final int portOffset;
  private final boolean configured;
  private final Map<String, String> variables;
  private final Set<Integer> spacePorts;
  private final AtomicBoolean closed = new AtomicBoolean();
  private ServerProcess server;
  private ReadyLine ready;

  private Installation(
      Path program,
      Path folder,
      int portOffset,
      boolean configured,
      Map<String, String> variables,
      Set<Integer> spacePorts)
      throws IOException, InterruptedException {
    this.program = program;
    this.folder = folder;
    this.portOffset = portOffset;
    this.configured = configured;
    this.variables = Map.copyOf(variables);
    this.spacePorts = Set.copyOf(spacePorts);
    this.server = launch();
    this.ready = awaitReady(server);
  }

  /**
   * Makes the folder (mode 0700), writes the bootstrap file (0600), starts the server and waits
   * until it is ready; the first start may build the program.
   *
   * @param configuration text of the server's configuration file; empty for its defaults
   */
  public static Installation start(
      Path program, List<TenantPlan> tenants, int portOffset, String configuration)
      throws IOException, InterruptedException {
    return start(program, tenants, portOffset, configuration, Map.of());
  }

  /** Starts it with these environment variables beside those of this process. */
  public static Installation start(
      Path program,
      List<TenantPlan> tenants,
      int portOffset,
      String configuration,
      Map<String, String> variables)
      throws IOException, InterruptedException {
    // A temporary directory is made with mode 0700 wherever there are modes.
    Path folder = Files.createTempDirectory("sallyport-");
    try {
      BootstrapFile.write(folder.resolve("bootstrap.yaml"), tenants);
      if (!configuration.isEmpty()) {
        Files.writeString(folder.resolve("sallyport.yaml"), configuration);
      }
      return new Installation(
          program,
          folder,
          portOffset,
          !configuration.isEmpty(),
          variables,
          tenants.stream()
              .flatMap(tenant -> tenant.spaces().stream())
              .map(SpacePlan::port)
              .collect(Collectors.toSet()));
    } catch (IOException | InterruptedException | RuntimeException e) {
      remove(folder);
      throw e;
    }
  }

  /** Stops the server and starts it again on the same data folder; returns what it printed. */
  public ReadyLine restart() throws IOException, InterruptedException {
    stop();
    server = launch();
    ready = awaitReady(server);
    return ready;
  }

  /** Stops the server as SIGTERM does; the data stay. */
  public void stop() {
    server.close();
  }

  /** The listener for MQTT over TLS, trusting the installation's CA. */
  public Endpoint mqtts() {
    return Endpoint.tls(HOST, ready.port("mqtts").orElse(Ports.MQTTS + portOffset), caFile());
  }

  /** The plain listener, which is off unless an option of {@code serve} switched it on. */
  public Endpoint mqtt() {
    return Endpoint.plain(HOST, plainPort().orElse(Ports.MQTT + portOffset));
  }

  /** Whether the server names a plain MQTT listener among its addresses. */
  public boolean plainListenerOn() {
    return plainPort().isPresent();
  }

  /** The listener of one of its plain spaces: plain TCP, without login. */
  public Endpoint space(SpacePlan space) {
    return Endpoint.plain(HOST, space.port());
  }

  /** Listeners of plain spaces are MQTT over TCP as well, but nobody logs in there. */
  private OptionalInt plainPort() {
    return ready.addresses().stream()
        .filter(address -> "mqtt".equals(address.getScheme()))
        .mapToInt(URI::getPort)
        .filter(port -> port > 0 && !spacePorts.contains(port))
        .findFirst();
  }

  /** Scheme, host and port of HTTPS. */
  public URI https() {
    return URI.create(
        "https://" + HOST + ":" + ready.port("https").orElse(Ports.HTTPS + portOffset));
  }

  /** The CA that the server wrote before it was ready. */
  public Path caFile() {
    return folder.resolve("data").resolve("ca.pem");
  }

  public ReadyLine ready() {
    return ready;
  }

  public ProcessProbe probe() {
    return server.probe();
  }

  public boolean alive() {
    return server.alive();
  }

  /** The lines of the server's output so far that the test accepts. */
  public List<String> logged(Predicate<String> wanted) throws IOException {
    return server.logged(wanted);
  }

  /** The end of the server's output. */
  public String tail() {
    return server.tail();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      server.close();
      remove(folder);
    }
  }

  private ServerProcess launch() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.addAll(
        List.of(
            "serve",
            "--data",
            folder.resolve("data").toString(),
            "--bootstrap",
            folder.resolve("bootstrap.yaml").toString(),
            "--bind",
            "127.0.0.1",
            "--port-offset",
            Integer.toString(portOffset)));
    if (configured) {
      command.addAll(List.of("--config", folder.resolve("sallyport.yaml").toString()));
    }
    return ServerProcess.start(command, folder.resolve("server.log"), variables);
  }

  private static ReadyLine awaitReady(ServerProcess server)
      throws IOException, InterruptedException {
    try {
      return server.awaitReady(START_MAX);
    } catch (IOException | InterruptedException e) {
      server.close();
      throw e;
    }
  }

  private static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.err.println("the folder " + folder + " could not be removed: " + e.getMessage());
    }
  }
}
