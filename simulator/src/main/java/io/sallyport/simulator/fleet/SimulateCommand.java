package io.sallyport.simulator.fleet;

import static io.sallyport.simulator.figures.Texts.shown;

import io.sallyport.simulator.access.ApplicationLogin;
import io.sallyport.simulator.access.CredentialFiles;
import io.sallyport.simulator.access.DeviceLogin;
import io.sallyport.simulator.access.Endpoint;
import io.sallyport.simulator.access.Secret;
import io.sallyport.simulator.figures.LiveLine;
import io.sallyport.simulator.figures.MessageLedger;
import io.sallyport.simulator.figures.Texts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sallyport simulate}: runs the demo's fleet against any server of the contract. */
@Command(
    name = "simulate",
    description =
        "Runs a fleet of buildings' sensors against a server; prints the commands received.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Secrets come from files and the environment alone: SALLYPORT_DEVICE_TOKEN is the token of all",
      "devices when --devices is a number; SALLYPORT_KEY and SALLYPORT_TOKEN (or --credentials) let",
      "an application receive too, which shows latency and loss."
    })
public final class SimulateCommand implements Callable<Integer> {
  @Option(names = "--host", defaultValue = "localhost", description = "Default: ${DEFAULT-VALUE}.")
  private String host = "localhost";

  @Option(names = "--port", description = "Default: 8883, with --plain 1883.")
  private @Nullable Integer port;

  @Option(names = "--ca", paramLabel = "FILE", description = "The trusted CA in PEM.")
  private @Nullable Path ca;

  @Option(names = "--plain", description = "Plain TCP without TLS.")
  private boolean plain;

  @Option(names = "--org", required = true, description = "The organization, six characters.")
  private String organization = "";

  @Option(
      names = "--devices",
      required = true,
      paramLabel = "N|FILE",
      description = "A number of devices named <type>-0001 and so on, or a file: type,id,token.")
  private String devices = "";

  @Option(names = "--type", defaultValue = "room", description = "Device type of numbered devices.")
  private String type = "room";

  @Option(names = "--rate", defaultValue = "100", description = "Messages per second of the fleet.")
  private double rate = 100;

  @Option(names = "--qos", defaultValue = "1", description = "QoS of the events, 0 to 2.")
  private int qos = 1;

  @Option(names = "--seconds", description = "Ends by itself after this time.")
  private @Nullable Integer seconds;

  @Option(
      names = "--day",
      paramLabel = "SECONDS",
      defaultValue = "86400",
      description = "How long a day of the buildings lasts.")
  private int daySeconds = 86_400;

  @Option(
      names = "--spell-every",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "How often some device goes offline for a while; 0: never.")
  private int spellSeconds = 20;

  @Option(names = "--seed", defaultValue = "1", description = "Seed of rooms and chance.")
  private long seed = 1;

  @Option(names = "--credentials", paramLabel = "FILE", description = "key=… and token=… lines.")
  private @Nullable Path credentials;

  @Override
  public Integer call() throws IOException, InterruptedException {
    int target = port != null ? port : plain ? 1883 : 8883;
    Endpoint endpoint = plain ? Endpoint.plain(host, target) : Endpoint.tls(host, target, ca);
    MqttClients clients = new MqttClients(endpoint, organization);
    FleetPlan plan =
        new FleetPlan(
            rate, qos, Duration.ofSeconds(daySeconds), Duration.ofSeconds(spellSeconds), seed);
    LiveLine live = LiveLine.ofStandardOutput();
    MessageLedger ledger = new MessageLedger();
    Optional<ApplicationLogin> application =
        CredentialFiles.application(credentials, System.getenv());
    try (Fleet fleet =
        new Fleet(plan, clients, logins(), ledger, printingTo(live), Clock.systemUTC())) {
      Optional<EventConsumer> consumer = application.map(login -> consumer(clients, login, ledger));
      try {
        if (consumer.isPresent()) {
          consumer.get().connect();
        }
        return run(fleet, ledger, consumer, live);
      } finally {
        consumer.ifPresent(EventConsumer::close);
      }
    }
  }

  private int run(
      Fleet fleet, MessageLedger ledger, Optional<EventConsumer> consumer, LiveLine live)
      throws InterruptedException {
    Thread stopping = new Thread(fleet::close, "stop");
    Runtime.getRuntime().addShutdownHook(stopping);
    fleet.connect(Duration.ofMinutes(2));
    if (fleet.figures().refused() == fleet.size()) {
      live.say("the server refused every device: check --org, the tokens and the devices' ids");
      return 1;
    }
    fleet.start();
    long end = seconds == null ? Long.MAX_VALUE : System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      Thread.sleep(1_000);
      live.show(figures(fleet, ledger, consumer));
    }
    fleet.pause();
    awaitAcknowledgements(fleet);
    live.say(figures(fleet, ledger, consumer));
    return fleet.figures().acknowledged() > 0 ? 0 : 1;
  }

  private static void awaitAcknowledgements(Fleet fleet) throws InterruptedException {
    FleetFigures figures = fleet.figures();
    long end = System.nanoTime() + 5_000_000_000L;
    while (figures.acknowledged() + figures.unacknowledged() < figures.sent()
        && System.nanoTime() < end) {
      Thread.sleep(20);
    }
  }

  private static EventConsumer consumer(
      MqttClients clients, ApplicationLogin login, MessageLedger ledger) {
    return new EventConsumer(
        clients, login.clientId("simulate"), login, ledger, (device, correlation, answer) -> {});
  }

  private static CommandObserver printingTo(LiveLine live) {
    return (device, name, payload, result) ->
        live.say(
            "%s  %s  %s %s -> %s"
                .formatted(
                    LocalTime.now(java.time.ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
                    device,
                    Texts.printable(name),
                    Texts.printable(payload),
                    result));
  }

  private static String figures(
      Fleet fleet, MessageLedger ledger, Optional<EventConsumer> consumer) {
    FleetFigures figures = fleet.figures();
    String line =
        "connected %d/%d · sent %s · acknowledged %s · ack p50 %s p99 %s · commands %s · reconnects %s"
            .formatted(
                figures.connected(),
                fleet.size(),
                shown(figures.sent()),
                shown(figures.acknowledged()),
                shown(figures.acknowledgement().percentile(50)),
                shown(figures.acknowledgement().percentile(99)),
                shown(figures.commands()),
                shown(figures.reconnects()));
    if (figures.refused() > 0) {
      line += " · refused " + shown(figures.refused());
    }
    if (consumer.isPresent()) {
      line +=
          " · received %s · doubled %s · p50 %s p99 %s"
              .formatted(
                  shown(ledger.received()),
                  shown(ledger.receivedDoubled()),
                  shown(ledger.endToEnd().percentile(50)),
                  shown(ledger.endToEnd().percentile(99)));
    }
    return line;
  }

  private List<DeviceLogin> logins() throws IOException {
    if (!devices.matches("[0-9]+")) {
      return CredentialFiles.devices(Path.of(devices));
    }
    String token = System.getenv(CredentialFiles.DEVICE_TOKEN_VARIABLE);
    if (token == null || token.isEmpty()) {
      throw new IOException(
          "with a number of devices their token is expected in "
              + CredentialFiles.DEVICE_TOKEN_VARIABLE);
    }
    List<DeviceLogin> logins = new ArrayList<>();
    for (int i = 1; i <= Integer.parseInt(devices); i++) {
      logins.add(new DeviceLogin(type, "%s-%04d".formatted(type, i), Secret.of(token)));
    }
    return logins;
  }
}
