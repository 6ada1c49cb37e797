package io.sallyport.simulator.load;

import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.access.Secret;
import io.sallyport.simulator.figures.JvmProbe;
import io.sallyport.simulator.figures.ProcessProbe;
import io.sallyport.simulator.site.Installation;
import io.sallyport.simulator.site.Ports;
import io.sallyport.simulator.site.SpacePlan;
import io.sallyport.simulator.site.TenantPlan;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** The Sallyport that is measured: one of our own, or one that runs already. */
interface BenchSite extends AutoCloseable {
  String OPTIONS = "SALLYPORT_JAVA_OPTIONS";

  /** The target over TLS; made anew for each scenario, since a restart changes the process. */
  LoadTarget tls();

  /** The target without TLS; empty where no plain listener is on. */
  Optional<LoadTarget> plain();

  /**
   * A plain space, by its listener without login; empty where there is none.
   *
   * @param durable the one that acknowledges what is on disk, or the one that does so at once
   */
  Optional<LoadTarget> space(boolean durable);

  URI https();

  /** The installation, when it is ours and may be restarted. */
  Optional<Installation> installation();

  @Override
  void close();

  /**
   * What a server of our own is made with.
   *
   * @param plainListener whether plain MQTT, off by default, is switched on beside TLS
   * @param spaces whether there are plain spaces, each with a listener without login
   * @param configuration lines for the server's configuration file
   * @param nativeTracking whether the JVM tells its native memory by kind, which costs a little
   */
  record OwnPlan(
      int devices,
      int portOffset,
      boolean plainListener,
      boolean spaces,
      String configuration,
      boolean nativeTracking) {}

  /** A throw-away installation with a tenant, its application and so many devices. */
  static BenchSite ownServer(Path program, OwnPlan plan, RandomGenerator random)
      throws IOException, InterruptedException {
    String tenant = "bench1";
    List<DeviceLogin> logins = new ArrayList<>();
    for (int i = 0; i < plan.devices(); i++) {
      logins.add(new DeviceLogin("load", "load-%04d".formatted(i), Secret.random(random)));
    }
    ApplicationLogin application =
        new ApplicationLogin("a-" + tenant + "-benchbench", Secret.random(random));
    List<SpacePlan> spaces =
        plan.spaces()
            ? List.of(
                new SpacePlan("received", false, Ports.freePort()),
                new SpacePlan("durable", true, Ports.freePort()))
            : List.of();
    Installation installation =
        Installation.start(
            program,
            List.of(
                new TenantPlan(tenant, "Bench", application, logins, plan.plainListener(), spaces)),
            plan.portOffset(),
            plan.configuration()
                + (plan.plainListener()
                    ? "\nports: { mqtt: " + (Ports.MQTT + plan.portOffset()) + " }\n"
                    : ""),
            plan.nativeTracking() ? Map.of(OPTIONS, tracking()) : Map.of());
    return new OwnServer(installation, application, logins, spaces);
  }

  /** The launcher's variable for flags, with what it holds already. */
  private static String tracking() {
    return (System.getenv().getOrDefault(OPTIONS, "") + " " + JvmProbe.TRACKING).strip();
  }

  /** A server that runs already; its process is known when {@code pid} is given. */
  static BenchSite runningServer(
      Endpoint tls,
      Optional<Endpoint> plain,
      Optional<Endpoint> space,
      URI https,
      OptionalLong pid,
      ApplicationLogin application,
      List<DeviceLogin> devices) {
    Optional<ProcessProbe> probe =
        pid.isPresent() ? Optional.of(new ProcessProbe(pid.getAsLong())) : Optional.empty();
    return new RunningServer(
        new WatsonTarget("sallyport tls", tls, probe, application, devices),
        plain.map(
            endpoint -> new WatsonTarget("sallyport plain", endpoint, probe, application, devices)),
        space.map(endpoint -> new OpenTarget("sallyport space", endpoint, probe, "bench")),
        https);
  }

  /** A server of our own. */
  record OwnServer(
      Installation server,
      ApplicationLogin application,
      List<DeviceLogin> devices,
      List<SpacePlan> spaces)
      implements BenchSite {
    public OwnServer {
      devices = List.copyOf(devices);
      spaces = List.copyOf(spaces);
    }

    @Override
    public Optional<LoadTarget> space(boolean durable) {
      return spaces.stream()
          .filter(space -> space.durable() == durable)
          .findFirst()
          .map(space ->
              new OpenTarget(
                  durable ? "sallyport durable" : "sallyport space",
                  server.space(space),
                  Optional.of(server.probe()),
                  "bench"));
    }

    @Override
    public LoadTarget tls() {
      return new WatsonTarget(
          "sallyport tls", server.mqtts(), Optional.of(server.probe()), application, devices);
    }

    @Override
    public Optional<LoadTarget> plain() {
      return server.plainListenerOn()
          ? Optional.of(
              new WatsonTarget(
                  "sallyport plain",
                  server.mqtt(),
                  Optional.of(server.probe()),
                  application,
                  devices))
          : Optional.empty();
    }

    @Override
    public URI https() {
      return server.https();
    }

    @Override
    public Optional<Installation> installation() {
      return Optional.of(server);
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** Somebody else's server. */
  record RunningServer(
      LoadTarget tls, Optional<LoadTarget> plain, Optional<LoadTarget> oneSpace, URI https)
      implements BenchSite {
    /** There is one at most, and its owner knows how it acknowledges. */
    @Override
    public Optional<LoadTarget> space(boolean durable) {
      return oneSpace;
    }

    @Override
    public Optional<Installation> installation() {
      return Optional.empty();
    }

    @Override
    public void close() {
      // It is not ours to stop.
    }
  }
}
