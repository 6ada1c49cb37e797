package io.sallyport.simulator.load;

import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.CredentialFiles;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.site.Ports;
import io.sallyport.simulator.site.Repository;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sallyport bench}: load scenarios with figures, against a server of its own or a running
 * one.
 */
@Command(
    name = "bench",
    description =
        "Load scenarios with rates, latencies, the server's CPU time per message, losses and doubles.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Without --host a server is started on a throw-away data folder, on loopback. A running one",
      "is measured with --host, --ca, --credentials FILE (key=…, token=…) or SALLYPORT_KEY and",
      "SALLYPORT_TOKEN, and --devices FILE (type,id,token lines)."
    })
public final class BenchCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "scenario",
      description =
          "Default: all: fan-in-qos0, fan-in-qos1, fan-out, latency, latency-qos1, connect,"
              + " connect-resumed, idle, history, startup.")
  private List<String> scenarios = new ArrayList<>();

  @Option(names = "--seconds", defaultValue = "10", description = "Of each scenario. Default: 10.")
  private int seconds = 10;

  @Option(names = "--warm-up", paramLabel = "SECONDS", defaultValue = "5")
  private int warmUpSeconds = 5;

  @Option(names = "--publishers", defaultValue = "100", description = "Of the fan-in.")
  private int publishers = 100;

  @Option(names = "--window", defaultValue = "20", description = "Messages on their way each.")
  private int window = 20;

  @Option(names = "--subscribers", defaultValue = "1000", description = "Of the fan-out.")
  private int subscribers = 1_000;

  @Option(
      names = "--connections",
      defaultValue = "5000",
      description = "Of idle; a running server's are at most as many as --devices names.")
  private int connections = 5_000;

  @Option(
      names = "--plain",
      description = "Also over plain TCP; switches the listener on in a server started here.")
  private boolean plain;

  @Option(
      names = "--compare",
      description = "Also over plain TCP, and on mosquitto when it is installed.")
  private boolean compare;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures to this file.")
  private @Nullable Path json;

  @Option(names = "--host", description = "A running server.")
  private @Nullable String host;

  @Option(names = "--port", defaultValue = "8883")
  private int port = Ports.MQTTS;

  @Option(names = "--plain-port", defaultValue = "1883")
  private int plainPort = Ports.MQTT;

  @Option(names = "--https-port", defaultValue = "8443")
  private int httpsPort = Ports.HTTPS;

  @Option(names = "--ca", paramLabel = "FILE", description = "The trusted CA in PEM.")
  private @Nullable Path ca;

  @Option(names = "--credentials", paramLabel = "FILE", description = "key=… and token=… lines.")
  private @Nullable Path credentials;

  @Option(names = "--devices", paramLabel = "FILE", description = "type,id,token lines.")
  private @Nullable Path devices;

  @Option(names = "--pid", description = "The running server's process, for its CPU time.")
  private @Nullable Long pid;

  @Option(names = "--port-offset", paramLabel = "N", description = "Of the server started here.")
  private @Nullable Integer portOffset;

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> names = names();
    LoadPlan plan =
        new LoadPlan(
            Duration.ofSeconds(warmUpSeconds),
            Duration.ofSeconds(seconds),
            publishers,
            window,
            subscribers,
            connections,
            100_000,
            2_000);
    Optional<Path> mosquitto = compare ? Mosquitto.program() : Optional.empty();
    if (compare && mosquitto.isEmpty()) {
      System.out.println("mosquitto is not installed: no comparison");
    }
    try (BenchSite site = site(names)) {
      Runtime.getRuntime().addShutdownHook(new Thread(site::close, "stop-server"));
      if ((plain || compare) && site.plain().isEmpty()) {
        System.out.println("the server names no plain MQTT listener: TLS only");
      }
      Bench bench = new Bench(site, plan, System.out);
      if (mosquitto.isPresent()) {
        try (Mosquitto broker = Mosquitto.start(mosquitto.get())) {
          Runtime.getRuntime().addShutdownHook(new Thread(broker::stop, "stop-mosquitto"));
          bench.run(names, plain || compare, Optional.of(broker));
        }
      } else {
        bench.run(names, plain || compare, Optional.empty());
      }
      return report(bench);
    }
  }

  private int report(Bench bench) throws IOException {
    System.out.println();
    BenchReport.table(bench.results()).forEach(System.out::println);
    List<String> ratios = BenchReport.ratios(bench.results());
    if (!ratios.isEmpty()) {
      System.out.println();
      ratios.forEach(System.out::println);
    }
    List<String> failures = bench.failures();
    failures.forEach(failure -> System.out.println("FAILED " + failure));
    if (json != null) {
      BenchReport.writeJson(json, bench.results(), failures);
    }
    return failures.isEmpty() ? 0 : 1;
  }

  private List<String> names() {
    if (scenarios.isEmpty()) {
      return Bench.SCENARIOS.stream()
          .filter(name -> host == null || !name.equals("startup"))
          .toList();
    }
    for (String name : scenarios) {
      if (!Bench.SCENARIOS.contains(name)) {
        throw wrongUsage("no scenario is called " + name + "; there are " + Bench.SCENARIOS);
      }
    }
    return scenarios;
  }

  private BenchSite site(List<String> names) throws IOException, InterruptedException {
    String server = host;
    if (server == null) {
      SecureRandom random = new SecureRandom();
      System.out.println("starting the platform on a throw-away data folder …");
      return BenchSite.ownServer(
          Repository.program(System.getenv()),
          names.contains("idle") ? Math.max(publishers, connections) : publishers,
          portOffset == null ? Ports.freeOffset(random) : portOffset,
          plain || compare,
          random);
    }
    if (devices == null) {
      throw wrongUsage("a running server needs --devices FILE");
    }
    List<DeviceLogin> logins = CredentialFiles.devices(devices);
    ApplicationLogin application =
        CredentialFiles.application(credentials, System.getenv())
            .orElseThrow(() -> wrongUsage("a running server needs --credentials FILE"));
    return BenchSite.runningServer(
        Endpoint.tls(server, port, ca),
        plain || compare ? Optional.of(Endpoint.plain(server, plainPort)) : Optional.empty(),
        URI.create("https://" + server + ":" + httpsPort),
        pid == null ? OptionalLong.empty() : OptionalLong.of(pid),
        application,
        logins);
  }

  private ParameterException wrongUsage(String text) {
    if (spec == null) {
      throw new IllegalStateException("picocli sets the specification before it calls");
    }
    return new ParameterException(spec.commandLine(), text);
  }
}
