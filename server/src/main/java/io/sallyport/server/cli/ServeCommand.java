package io.sallyport.server.cli;

import io.sallyport.server.SallyportServer;
import io.sallyport.server.config.BootstrapFile;
import io.sallyport.server.config.ServerConfig;
import io.sallyport.server.data.DataFolder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the platform until it is told to stop. */
@Command(name = "serve", description = "Runs the platform.", mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "The data folder; keys go to DIR.keys beside it.")
  Path data = Path.of("data");

  @Option(names = "--config", paramLabel = "FILE", description = "The configuration file.")
  @Nullable Path config;

  @Option(
      names = "--bootstrap",
      paramLabel = "FILE",
      description = "Creates what the file names and does not exist yet.")
  @Nullable Path bootstrap;

  @Option(
      names = "--domain",
      paramLabel = "NAME",
      description = "The server certificate covers NAME, *.NAME and *.messaging.NAME.")
  @Nullable String domain;

  @Option(
      names = "--port-offset",
      paramLabel = "N",
      defaultValue = "0",
      description = "Shifts the default ports.")
  int portOffset;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description = "Address to listen on; may be repeated (default: all).")
  List<String> bind = List.of();

  @Override
  public Integer call() throws InterruptedException {
    Instant now = Instant.now();
    Instant started = ProcessHandle.current().info().startInstant().orElse(now);
    PrintWriter out = Output.of(spec);
    ServerConfig settings =
        (config == null ? ServerConfig.defaults(portOffset) : ServerConfig.read(config, portOffset))
            .with(Optional.ofNullable(domain), bind);
    Optional<BootstrapFile> file = Optional.ofNullable(bootstrap).map(BootstrapFile::read);
    CountDownLatch stopping = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stopping.countDown();
                  try {
                    stopped.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                },
                "stop"));
    try (DataFolder folder = ProcessFolder.open(data);
        SallyportServer server = SallyportServer.start(settings, folder, file, out)) {
      out.printf(
          Locale.ROOT,
          "ready in %.1f s: %s%n",
          Duration.between(started, Instant.now()).toMillis() / 1000.0,
          String.join(", ", server.addresses()));
      out.flush();
      stopping.await();
      out.println("stopping");
      out.flush();
    } finally {
      stopped.countDown();
    }
    return 0;
  }
}
