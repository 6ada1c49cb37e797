package io.sallyport.simulator.load;

import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.CredentialFiles;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.site.Ports;
import io.sallyport.simulator.site.Repository;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
  private static final int CHILD_SHARE = 6_000;
  private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "scenario",
      description =
          "Default: all: fan-in-qos0, fan-in-qos1, fan-out, latency, latency-qos1, connect,"
              + " connect-resumed, idle, history, startup. Only when named: storm (very many idle"
              + " TLS connections, cut and back, and a slow reader), soak (a mixed load for long).")
  private List<String> scenarios = new ArrayList<>();

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "Of each scenario; of storm, of each of its quiet parts. Default: 10.")
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
      description =
          "Of idle and storm; a running server's are at most as many as --devices names."
              + " Default: 5000 and 18000.")
  private @Nullable Integer connections;

  @Option(
      names = "--children",
      description = "Processes that hold storm's connections. Default: one for each 6000.")
  private @Nullable Integer children;

  @Option(
      names = "--addresses",
      defaultValue = "9",
      description = "Of loopback, that storm's connections come from. Default: 9.")
  private int addresses = 9;

  @Option(
      names = "--back-off",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "Storm's clients wait up to this before each attempt. Default: 5.")
  private int backOffSeconds = 5;

  @Option(
      names = "--limit",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "By which all of storm's clients must be back. Default: 300.")
  private int limitSeconds = 300;

  @Option(names = "--resume", description = "Storm's clients come back with TLS tickets.")
  private boolean resume;

  @Option(names = "--minutes", defaultValue = "10", description = "Of soak. Default: 10.")
  private double minutes = 10;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "Messages a second of soak. Default: half of the most, measured before (--warm-up, then"
              + " --seconds).")
  private @Nullable Double rate;

  @Option(
      names = "--targets",
      paramLabel = "NAME",
      split = ",",
      description =
          "Of tls, plain, space (a plain space that acknowledges what it received, without login,"
              + " plain TCP), space-durable, mosquitto. Default: tls.")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--plain",
      description = "The targets tls and plain; switches the listener on in a server started here.")
  private boolean plain;

  @Option(
      names = "--compare",
      description = "The targets tls, plain, space, and mosquitto when it is installed.")
  private boolean compare;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures to this file.")
  private @Nullable Path json;

  @Option(names = "--host", description = "A running server.")
  private @Nullable String host;

  @Option(names = "--port", defaultValue = "8883")
  private int port = Ports.MQTTS;

  @Option(names = "--plain-port", defaultValue = "1883")
  private int plainPort = Ports.MQTT;

  @Option(
      names = "--space-port",
      description = "A running server's listener of a plain space, without login.")
  private @Nullable Integer spacePort;

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

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration of the server started here, e.g. other limits.")
  private @Nullable Path config;

  @Option(names = "--port-offset", paramLabel = "N", description = "Of the server started here.")
  private @Nullable Integer portOffset;

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> names = names();
    Set<TargetKind> kinds = kinds();
    LoadPlan plan =
        new LoadPlan(
            Duration.ofSeconds(warmUpSeconds),
            Duration.ofSeconds(seconds),
            publishers,
            window,
            subscribers,
            connections == null ? 5_000 : connections,
            100_000,
            2_000);
    boolean wanted = kinds.contains(TargetKind.MOSQUITTO) && !Bench.LONG.containsAll(names);
    Optional<Path> mosquitto = wanted ? Mosquitto.program() : Optional.empty();
    if (wanted && mosquitto.isEmpty()) {
      System.out.println("mosquitto is not installed: no comparison");
    }
    SecureRandom random = new SecureRandom();
    try (BenchSite site = site(names, kinds, random)) {
      Runtime.getRuntime().addShutdownHook(new Thread(site::close, "stop-server"));
      if (kinds.contains(TargetKind.PLAIN) && site.plain().isEmpty()) {
        System.out.println("the server names no plain MQTT listener");
      }
      Bench bench = new Bench(site, plan, stormPlan(site), soakPlan(), System.out);
      if (mosquitto.isPresent()) {
        try (Mosquitto broker = Mosquitto.start(mosquitto.get())) {
          Runtime.getRuntime().addShutdownHook(new Thread(broker::stop, "stop-mosquitto"));
          bench.run(names, kinds, Optional.of(broker), random.nextLong());
        }
      } else {
        bench.run(names, kinds, Optional.empty(), random.nextLong());
      }
      return report(bench);
    }
  }

  private Set<TargetKind> kinds() {
    if (!targets.isEmpty()) {
      try {
        return targets.stream().map(TargetKind::parse).collect(Collectors.toSet());
      } catch (IllegalArgumentException e) {
        throw wrongUsage(String.valueOf(e.getMessage()));
      }
    }
    if (compare) {
      return EnumSet.of(TargetKind.TLS, TargetKind.PLAIN, TargetKind.SPACE, TargetKind.MOSQUITTO);
    }
    return plain ? EnumSet.of(TargetKind.TLS, TargetKind.PLAIN) : EnumSet.of(TargetKind.TLS);
  }

  private int stormConnections() {
    return connections == null ? StormPlan.CONNECTIONS : connections;
  }

  private StormPlan stormPlan(BenchSite site) {
    int all = Math.max(1, Math.min(stormConnections(), site.tls().publishersMax() - 2));
    return new StormPlan(
        all,
        children == null ? (all + CHILD_SHARE - 1) / CHILD_SHARE : children,
        addresses,
        resume,
        Duration.ofSeconds(seconds),
        Duration.ofSeconds(backOffSeconds),
        Duration.ofSeconds(limitSeconds),
        new StormPlan.SlowReader(
            20, 1_000, 1_000, Duration.ofSeconds(seconds), Duration.ofSeconds(90)));
  }

  private SoakPlan soakPlan() {
    Duration length = Duration.ofMillis((long) (minutes * 60_000));
    Duration eighth = length.dividedBy(8);
    return new SoakPlan(
        length,
        rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate),
        Duration.ofSeconds(warmUpSeconds),
        Duration.ofSeconds(seconds),
        publishers,
        window,
        eighth.compareTo(LOOK_EVERY) < 0 ? eighth : LOOK_EVERY,
        Duration.ofSeconds(5),
        Duration.ofMillis(500));
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
      if (!Bench.SCENARIOS.contains(name) && !Bench.LONG.contains(name)) {
        throw wrongUsage(
            "no scenario is called "
                + name
                + "; there are "
                + Bench.SCENARIOS
                + " and "
                + Bench.LONG);
      }
    }
    return scenarios;
  }

  private BenchSite site(List<String> names, Set<TargetKind> kinds, SecureRandom random)
      throws IOException, InterruptedException {
    String server = host;
    boolean plainListener = kinds.contains(TargetKind.PLAIN);
    if (server == null) {
      System.out.println("starting the platform on a throw-away data folder …");
      return BenchSite.ownServer(
          Repository.program(System.getenv()),
          new BenchSite.OwnPlan(
              devicesFor(names),
              portOffset == null ? Ports.freeOffset(random) : portOffset,
              plainListener,
              kinds.contains(TargetKind.SPACE)
                  || kinds.contains(TargetKind.SPACE_DURABLE)
                  || names.contains(Soak.NAME),
              config == null ? "" : Files.readString(config),
              names.contains(Storm.NAME) || names.contains(Soak.NAME)),
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
        plainListener ? Optional.of(Endpoint.plain(server, plainPort)) : Optional.empty(),
        Optional.ofNullable(spacePort).map(number -> Endpoint.plain(server, number)),
        URI.create("https://" + server + ":" + httpsPort),
        pid == null ? OptionalLong.empty() : OptionalLong.of(pid),
        application,
        logins);
  }

  private int devicesFor(List<String> names) {
    int most = publishers;
    if (names.contains("idle")) {
      most = Math.max(most, connections == null ? 5_000 : connections);
    }
    if (names.contains(Storm.NAME)) {
      most = Math.max(most, Storm.publishers(stormConnections()));
    }
    return names.contains(Soak.NAME) ? Math.max(most, Soak.publishers(publishers)) : most;
  }

  private ParameterException wrongUsage(String text) {
    if (spec == null) {
      throw new IllegalStateException("picocli sets the specification before it calls");
    }
    return new ParameterException(spec.commandLine(), text);
  }
}
