package io.sallyport.simulator.demo;

import static io.sallyport.simulator.figures.Texts.shown;

import io.sallyport.simulator.access.EventHistory;
import io.sallyport.simulator.access.RestClient;
import io.sallyport.simulator.demo.Guard.Proof;
import io.sallyport.simulator.figures.LiveLine;
import io.sallyport.simulator.figures.MessageLedger;
import io.sallyport.simulator.fleet.EventConsumer;
import io.sallyport.simulator.fleet.Fleet;
import io.sallyport.simulator.fleet.FleetFigures;
import io.sallyport.simulator.fleet.FleetPlan;
import io.sallyport.simulator.fleet.MqttClients;
import io.sallyport.simulator.site.Installation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * The main job, end to end: starts the platform as a second process on a throw-away data folder,
 * lets a fleet report over TLS, receives by MQTT, reads by REST, sends commands, tries the guard,
 * and proves at the end that nothing acknowledged is missing and nothing read differs.
 *
 * <p>Runs once, on the calling thread; {@link #stop} may be called from another.
 */
final class Demo {
  private static final Duration CONNECT_MAX = Duration.ofMinutes(2);
  private static final Duration DRAIN_MAX = Duration.ofSeconds(15);
  private static final Duration COMMAND_EVERY = Duration.ofMillis(250);
  private static final Duration READ_EVERY = Duration.ofMillis(500);
  private static final Duration BUILDING_DAY = Duration.ofMinutes(2);
  private static final Duration SPELL_EVERY = Duration.ofSeconds(3);

  private final DemoPlan plan;
  private final Path program;
  private final LiveLine live;
  private final SecureRandom random;
  private final Clock clock;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final AtomicBoolean ending = new AtomicBoolean();
  private final AtomicReference<String> trouble = new AtomicReference<>("");

  Demo(DemoPlan plan, Path program, LiveLine live, SecureRandom random, Clock clock) {
    this.plan = plan;
    this.program = program;
    this.live = live;
    this.random = random;
    this.clock = clock;
  }

  /** Ends the run early, without a verdict. */
  void stop() {
    stopping.countDown();
  }

  /**
   * Runs the demo.
   *
   * @return 0 when all that was promised held, 1 otherwise
   */
  int run() throws IOException, InterruptedException {
    Cast cast = Cast.of(plan.devices(), random);
    live.say("starting the platform on a throw-away data folder …");
    try (Installation site = Installation.start(program, cast.tenants(), plan.portOffset(), "")) {
      live.say(
          String.format(
              Locale.ROOT,
              "platform ready in %.1f s: %s",
              site.ready().seconds(),
              addresses(site)));
      return runOn(site, cast);
    }
  }

  private static String addresses(Installation site) {
    return site.ready().addresses().stream().map(URI::toString).collect(Collectors.joining(", "));
  }

  private int runOn(Installation site, Cast cast) throws IOException, InterruptedException {
    MessageLedger ledger = new MessageLedger();
    MqttClients clients = new MqttClients(site.mqtts(), Cast.TENANT);
    AtomicReference<EventConsumer.AnswerObserver> answers =
        new AtomicReference<>((device, correlation, answer) -> {});
    try (RestClient rest = new RestClient(site.https(), site.caFile(), cast.application());
        RestClient strangersRest = new RestClient(site.https(), site.caFile(), cast.stranger());
        EventConsumer application =
            new EventConsumer(
                clients,
                cast.application().clientId("dashboard"),
                cast.application(),
                ledger,
                (device, correlation, answer) ->
                    answers.get().answered(device, correlation, answer));
        EventConsumer stranger =
            new EventConsumer(
                clients,
                cast.stranger().clientId("spy"),
                cast.stranger(),
                new MessageLedger(),
                (device, correlation, answer) -> {});
        Fleet fleet =
            new Fleet(
                new FleetPlan(
                    plan.messagesPerSecond(), 1, BUILDING_DAY, SPELL_EVERY, random.nextLong()),
                clients,
                cast.fleet(),
                ledger,
                (device, name, payload, result) -> {},
                clock)) {
      application.connect();
      stranger.connect();
      if (!fleet.connect(CONNECT_MAX)) {
        live.say("FAIL: the fleet could not connect in " + shown(CONNECT_MAX) + site.tail());
        return 1;
      }
      CommandDriver commands = new CommandDriver(fleet, application, rest, random);
      answers.set((String device, String correlation, JsonNode answer) ->
          commands.answered(device, correlation, answer));
      HistoryReader reader = new HistoryReader(rest, cast.fleet(), ledger, random);
      Guard guard = new Guard(cast, clients, rest, strangersRest, random);
      Run run = new Run(site, cast, ledger, fleet, application, stranger, commands, reader);
      return report(run, guard, rest);
    }
  }

  private record Run(
      Installation site,
      Cast cast,
      MessageLedger ledger,
      Fleet fleet,
      EventConsumer application,
      EventConsumer stranger,
      CommandDriver commands,
      HistoryReader reader) {}

  private int report(Run run, Guard guard, RestClient rest)
      throws IOException, InterruptedException {
    live.say(
        run.fleet().figures().connected()
            + " devices connected over TLS with their tokens; the buildings' day lasts "
            + BUILDING_DAY.toSeconds()
            + " s");
    OptionalLong cpuBefore = run.site().probe().cpuMicros();
    run.fleet().start();
    AtomicReference<List<Proof>> proofs = new AtomicReference<>(List.of());
    Thread commanding = every(COMMAND_EVERY, "commands", run.commands()::sendOne);
    Thread reading = every(READ_EVERY, "reads", run.reader()::readOne);
    Thread guarding = once("guard", () -> proofs.set(guard.tryAll()));
    boolean stopped = watch(run);
    // Not by interruption: a call that is cut off would look like trouble with the server.
    ending.set(true);
    commanding.join();
    reading.join();
    run.fleet().pause();
    if (stopped) {
      live.say(figures(run, 0));
      live.say("stopped before its end: no verdict");
      return 1;
    }
    guarding.join();
    drain(run);
    OptionalLong cpuAfter = run.site().probe().cpuMicros();
    live.say("reading everything back by REST …");
    new ReadBack(new EventHistory(rest, Cast.TENANT), run.ledger()).readAll(run.cast().fleet());
    proofs.get().forEach(this::tell);
    Proof blind = blindness(run);
    tell(blind);
    return summary(run, proofs.get(), blind, cpuBefore, cpuAfter);
  }

  /** Shows the figures each second; returns whether the run was stopped before its end. */
  private boolean watch(Run run) throws InterruptedException {
    Duration length = plan.length();
    long end = length == null ? Long.MAX_VALUE : System.nanoTime() + length.toNanos();
    long before = 0;
    while (System.nanoTime() < end) {
      if (stopping.await(1, TimeUnit.SECONDS)) {
        return true;
      }
      if (!run.site().alive()) {
        complain("the server ended" + run.site().tail());
        return false;
      }
      run.commands().expire();
      long now = run.application().received();
      live.show(figures(run, now - before));
      before = now;
    }
    return false;
  }

  private void drain(Run run) throws InterruptedException {
    long end = System.nanoTime() + DRAIN_MAX.toNanos();
    FleetFigures figures = run.fleet().figures();
    while (System.nanoTime() < end) {
      run.commands().expire();
      boolean settled =
          figures.acknowledged() + figures.unacknowledged() >= figures.sent()
              && run.ledger().acknowledgedNotReceived() == 0
              && run.commands().idle();
      if (settled) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static Proof blindness(Run run) {
    return new Proof(
        "an application of another organization, subscribed to everything",
        run.stranger().received() == 0
            && run.stranger().disconnects() == 0
            && run.application().received() > 0,
        "received "
            + run.stranger().received()
            + " events while ours received "
            + shown(run.application().received()));
  }

  private void tell(Proof proof) {
    live.say(
        "guard %s  %s: %s"
            .formatted(proof.held() ? "held  " : "FAILED", proof.attempt(), proof.seen()));
  }

  private static String figures(Run run, long received) {
    FleetFigures fleet = run.fleet().figures();
    return "%d/%d up · %s/s · acked %s · received %s · commands %s/%s · p50 %s p99 %s"
        .formatted(
            fleet.connected(),
            run.fleet().size(),
            shown(received),
            shown(fleet.acknowledged()),
            shown(run.ledger().received()),
            shown(run.commands().answered()),
            shown(run.commands().sent()),
            shown(run.ledger().endToEnd().percentile(50)),
            shown(run.ledger().endToEnd().percentile(99)));
  }

  private int summary(
      Run run, List<Proof> proofs, Proof blind, OptionalLong cpuBefore, OptionalLong cpuAfter) {
    FleetFigures fleet = run.fleet().figures();
    MessageLedger ledger = run.ledger();
    CommandDriver commands = run.commands();
    HistoryReader reader = run.reader();
    long lost = ledger.acknowledgedNotReceived();
    long lostInStore = ledger.acknowledgedNotStored();
    live.say("");
    row("sent", shown(fleet.sent()));
    row("acknowledged", shown(fleet.acknowledged()) + open(fleet));
    row("stored", shown(ledger.stored()) + ", read back and compared byte for byte");
    row("received", shown(ledger.received()) + " by the application over MQTT");
    row(
        "lost",
        shown(lost) + " on the way to the application, " + shown(lostInStore) + " in the store");
    row(
        "doubled",
        shown(ledger.receivedDoubled())
            + " received, "
            + shown(ledger.storedDoubled())
            + " stored");
    row("different", shown(ledger.different() + reader.different() + ledger.unknown()));
    row(
        "latency",
        "p50 %s, p99 %s from a device to the application; acknowledged p50 %s, p99 %s"
            .formatted(
                shown(ledger.endToEnd().percentile(50)),
                shown(ledger.endToEnd().percentile(99)),
                shown(fleet.acknowledgement().percentile(50)),
                shown(fleet.acknowledgement().percentile(99))));
    row(
        "commands",
        "%s sent, %s answered, %s cut off by a spell offline; p50 %s"
            .formatted(
                shown(commands.sent()),
                shown(commands.answered()),
                shown(commands.interrupted()),
                shown(commands.roundTrip().percentile(50))));
    row(
        "REST reads",
        "%s with %s events, p50 %s, p99 %s"
            .formatted(
                shown(reader.reads()),
                shown(reader.events()),
                shown(reader.latency().percentile(50)),
                shown(reader.latency().percentile(99))));
    row("offline", fleet.spells() + " spells, " + fleet.reconnects() + " reconnects");
    if (cpuBefore.isPresent() && cpuAfter.isPresent() && fleet.acknowledged() > 0) {
      row(
          "server CPU",
          String.format(
              Locale.ROOT,
              "%.0f µs per message (all of the server's work, reads and commands included)",
              (double) (cpuAfter.getAsLong() - cpuBefore.getAsLong()) / fleet.acknowledged()));
    }
    live.say("");

    boolean unbroken = fleet.spells() + fleet.reconnects() == 0;
    Verdict verdict = new Verdict();
    verdict.require(trouble.get().isEmpty(), trouble.get());
    verdict.require(fleet.acknowledged() > 0, "nothing was acknowledged");
    verdict.require(fleet.refused() == 0, fleet.refused() + " devices were refused");
    verdict.require(lost == 0, lost + " acknowledged messages did not reach the application");
    verdict.require(lostInStore == 0, lostInStore + " acknowledged messages are not in the store");
    verdict.require(
        ledger.different() + reader.different() + ledger.unknown() == 0,
        "messages were read that differ from what was sent");
    // QoS 1 may double a message whose acknowledgement a broken connection swallowed, only then.
    verdict.require(
        !unbroken || ledger.receivedDoubled() + ledger.storedDoubled() + reader.outOfOrder() == 0,
        "messages doubled or out of order on unbroken connections");
    verdict.require(run.application().disconnects() == 0, "the application lost its connection");
    verdict.require(commands.answered() > 0, "no command was answered");
    verdict.require(commands.failed() == 0, "commands failed: " + commands.failures());
    verdict.require(reader.reads() > 0, "nothing was read by REST during the run");
    verdict.require(!proofs.isEmpty(), "the guard was not tried");
    verdict.require(
        blind.held() && proofs.stream().allMatch(Proof::held), "the guard did not hold everywhere");
    live.say(
        verdict.line(
            shown(fleet.acknowledged())
                + " acknowledged, nothing missing, everything read back equals what was sent"));
    return verdict.passed() ? 0 : 1;
  }

  private static String open(FleetFigures fleet) {
    long open = fleet.sent() - fleet.acknowledged();
    return open == 0 ? "" : " (" + shown(open) + " cut off before their acknowledgement)";
  }

  private void row(String name, String figures) {
    live.say("%-13s %s".formatted(name, figures));
  }

  /** A step that talks to the server and may fail; a failure is part of the verdict. */
  @FunctionalInterface
  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private Thread every(Duration pause, String name, Step step) {
    return once(
        name,
        () -> {
          while (!ending.get()) {
            step.run();
            Thread.sleep(pause);
          }
        });
  }

  private Thread once(String name, Step step) {
    return Thread.ofVirtual()
        .name(name)
        .start(() -> {
          try {
            step.run();
          } catch (InterruptedException e) {
            // The run is over; that is how this thread is told.
            Thread.currentThread().interrupt();
          } catch (IOException | RuntimeException e) {
            complain(name + ": " + e.getMessage());
          }
        });
  }

  private void complain(String what) {
    // Once the run is being stopped, calls fail because their clients are closed.
    if (stopping.getCount() > 0 && trouble.compareAndSet("", what)) {
      live.say("trouble: " + what);
    }
  }
}
