package io.sallyport.simulator.load;

import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.access.Secret;
import io.sallyport.simulator.figures.ProcessProbe;
import io.sallyport.simulator.site.Installation;
import io.sallyport.simulator.site.Ports;
import io.sallyport.simulator.site.TenantPlan;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** The Sallyport that is measured: one of our own, or one that runs already. */
interface BenchSite extends AutoCloseable {
  /** The target over TLS; made anew for each scenario, since a restart changes the process. */
  LoadTarget tls();

  /** The target without TLS; empty where no plain listener is on. */
  Optional<LoadTarget> plain();

  URI https();

  /** The installation, when it is ours and may be restarted. */
  Optional<Installation> installation();

  @Override
  void close();

  /**
   * A throw-away installation with a tenant, its application and this many devices.
   *
   * @param plainListener whether plain MQTT, off by default, is switched on beside TLS
   */
  static BenchSite ownServer(
      Path program, int devices, int portOffset, boolean plainListener, RandomGenerator random)
      throws IOException, InterruptedException {
    String tenant = "bench1";
    List<DeviceLogin> logins = new ArrayList<>();
    for (int i = 0; i < devices; i++) {
      logins.add(new DeviceLogin("load", "load-%04d".formatted(i), Secret.random(random)));
    }
    ApplicationLogin application =
        new ApplicationLogin("a-" + tenant + "-benchbench", Secret.random(random));
    Installation installation =
        Installation.start(
            program,
            List.of(new TenantPlan(tenant, "Bench", application, logins, plainListener)),
            portOffset,
            plainListener ? "ports: { mqtt: " + (Ports.MQTT + portOffset) + " }\n" : "");
    return new OwnServer(installation, application, logins);
  }

  /** A server that runs already; its process is known when {@code pid} is given. */
  static BenchSite runningServer(
      Endpoint tls,
      Optional<Endpoint> plain,
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
        https);
  }

  /** A server of our own. */
  record OwnServer(Installation server, ApplicationLogin application, List<DeviceLogin> devices)
      implements BenchSite {
    public OwnServer {
      devices = List.copyOf(devices);
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
  record RunningServer(LoadTarget tls, Optional<LoadTarget> plain, URI https) implements BenchSite {
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
