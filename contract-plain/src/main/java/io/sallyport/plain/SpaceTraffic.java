package io.sallyport.plain;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.RetainOutcome;
import io.sallyport.mqtt.RetainedShare;
import io.sallyport.mqtt.Router;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.plain.RunningBridges.Running;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.space.PlainSpace.Acknowledge;
import io.sallyport.platform.telemetry.AppendListener;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.Marker;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.telemetry.TelemetryFeed;
import io.sallyport.platform.telemetry.TelemetryIngest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries what was allowed: to the subscribers of the space, and over bridges. A message of QoS 1
 * or 2 that a bridge turns into an event is acknowledged when the event is durable, so that none is
 * lost between. Thread-safe; never blocks.
 */
final class SpaceTraffic implements AutoCloseable {
  /** Larger ones are not carried: events of every contract are bounded so. */
  private static final int EVENT_BYTES_MAX = 131_072;

  private final Router router;
  private final RunningBridges bridges;
  private final TelemetryIngest ingest;
  private final PlainMetrics metrics;
  private final Clock clock;
  private final TelemetryFeed.Subscription events;

  SpaceTraffic(
      Router router,
      RunningBridges bridges,
      TelemetryIngest ingest,
      TelemetryFeed feed,
      PlainMetrics metrics,
      Clock clock) {
    this.router = router;
    this.bridges = bridges;
    this.ingest = ingest;
    this.metrics = metrics;
    this.clock = clock;
    this.events = feed.subscribe(this::takeEvents);
  }

  /**
   * Publishes into a space.
   *
   * @param publisher null when a bridge brings it
   * @param acknowledge whether the answer waits until the copies for durable sessions, and what
   *     bridges carry, are stored
   */
  void publish(
      Scope scope,
      Message message,
      @Nullable Publisher publisher,
      Acknowledge acknowledge,
      Ack ack) {
    List<Carriage> carriages = carriages(scope, message);
    if (message.qos() == Qos.AT_MOST_ONCE || acknowledge == Acknowledge.RECEIVED) {
      RetainOutcome outcome = route(scope, message, publisher);
      if (outcome instanceof RetainOutcome.Routed) {
        carriages.forEach(carriage -> submit(carriage, message, new Counted()));
      }
      answer(outcome, ack);
      return;
    }
    if (carriages.isEmpty()) {
      store(scope, message, publisher, ack);
      return;
    }
    new AllDurable(carriages, message, ack, () -> store(scope, message, publisher, ack)).goOn();
  }

  private static void answer(RetainOutcome outcome, Ack ack) {
    switch (outcome) {
      case RetainOutcome.Routed _ -> ack.accepted();
      case RetainOutcome.Refused refused -> ack.refused(refused.reasonCode());
    }
  }

  private RetainOutcome route(Scope scope, Message message, @Nullable Publisher publisher) {
    SessionKey session = publisher == null ? null : publisher.session();
    return message.retained()
        ? router.routeRetained(scope, message, session, share(publisher))
        : new RetainOutcome.Routed(router.route(scope, message, session));
  }

  private void store(Scope scope, Message message, @Nullable Publisher publisher, Ack ack) {
    SessionKey session = publisher == null ? null : publisher.session();
    router.publish(scope, message, session, share(publisher), ack);
  }

  private static RetainedShare share(@Nullable Publisher publisher) {
    return publisher == null ? RetainedShare.ALL : publisher.share();
  }

  /** Whether it is within what its publisher may leave retained: before bridges carry it. */
  boolean mayRetain(Scope scope, Message message, Publisher publisher) {
    return router.wouldRetain(scope, message, publisher.session(), publisher.share());
  }

  /** A bridge that takes a message, and the path behind it. */
  private record Carriage(Running running, BridgePath path) {
    long step() {
      return running.bridge().number();
    }
  }

  private List<Carriage> carriages(Scope scope, Message message) {
    List<Running> candidates = bridges.fromSpace(scope.number());
    if (candidates.isEmpty()) {
      return List.of();
    }
    List<Carriage> carriages = new ArrayList<>();
    BridgePath path = BridgePath.ofMessage(message.attachment());
    for (Running running : candidates) {
      if (!running.pattern().matches(message.topic())) {
        continue;
      }
      Optional<BridgePath> longer = path.then(running.bridge());
      if (longer.isEmpty()) {
        metrics.bridgeLoop();
      } else if (message.payload().length > EVENT_BYTES_MAX) {
        metrics.bridgeFailure();
      } else {
        carriages.add(new Carriage(running, longer.get()));
      }
    }
    carriages.sort(Comparator.comparingLong(Carriage::step));
    return carriages;
  }

  private void submit(Carriage carriage, Message message, AppendListener listener) {
    ingest.submit(event(carriage, message), listener);
  }

  private Event event(Carriage carriage, Message message) {
    Running running = carriage.running();
    return new Event(
        running.bridge().plan().device(),
        running.tenantNumber(),
        running.deviceNumber(),
        running.bridge().plan().event(),
        running.bridge().plan().format(),
        Payload.owned(message.payload()),
        clock.millis(),
        carriage.path().sentBy(running.bridge()),
        message.qos().level());
  }

  /** For messages whose sender waits for nothing. */
  private final class Counted implements AppendListener {
    @Override
    public void appended(long position) {
      metrics.bridged();
    }

    @Override
    public void failed(Problem problem) {
      metrics.bridgeFailure();
    }
  }

  /**
   * Appends one event after another, by ascending numbers of their bridges, and goes on when all
   * are durable. Each is written together with how far the message has come (MESSAGING section 5),
   * so that one that is sent again, after a crash or a trouble of ours, goes on where it was.
   */
  private final class AllDurable implements AppendListener {
    private final Iterator<Carriage> carriages;
    private final Message message;
    private final Ack ack;
    private final Runnable then;
    private long step;

    AllDurable(List<Carriage> carriages, Message message, Ack ack, Runnable then) {
      long done = ack.stepsStored();
      this.carriages = carriages.stream().filter(each -> each.step() > done).iterator();
      this.message = message;
      this.ack = ack;
      this.then = then;
    }

    /** By one thread at a time: who submits, then who tells what became of it. */
    void goOn() {
      if (!carriages.hasNext()) {
        then.run();
        return;
      }
      Carriage next = carriages.next();
      step = next.step();
      Event event = event(next, message);
      ack.stepMark(step)
          .map(mark -> new Marker(mark.key(), mark.value()))
          .ifPresentOrElse(
              marker -> ingest.submit(event, marker, this), () -> ingest.submit(event, this));
    }

    @Override
    public void appended(long position) {
      metrics.bridged();
      ack.stepStored(step);
      goOn();
    }

    @Override
    public void failed(Problem problem) {
      metrics.bridgeFailure();
      switch (problem.code()) {
        // This event never will be stored: no reason to refuse the space's own message.
        case NOT_FOUND,
            ALREADY_EXISTS,
            IN_USE,
            INVALID,
            BAD_CURSOR,
            TOO_LARGE,
            LIMIT_REACHED,
            UNAUTHENTICATED,
            FORBIDDEN,
            CONFLICT ->
            goOn();
        case STORAGE_FULL, STORAGE_FAILED, CORRUPT, UNAVAILABLE ->
            ack.close(CloseReason.STORAGE_UNAVAILABLE);
      }
    }
  }

  /** On the feed's thread, in log order. */
  private void takeEvents(List<StoredEvent> batch) {
    for (StoredEvent stored : batch) {
      Event event = stored.event();
      for (Running running : bridges.fromDevice(event.deviceNumber())) {
        running
            .bridge()
            .plan()
            .topicOf(event.name(), event.format())
            .ifPresent(topic -> carryBack(running, event, topic));
      }
    }
  }

  private void carryBack(Running running, Event event, String topic) {
    Optional<BridgePath> path = BridgePath.of(event.sentBy()).then(running.bridge());
    if (path.isEmpty()) {
      metrics.bridgeLoop();
      return;
    }
    if (topic.indexOf('+') >= 0 || topic.indexOf('#') >= 0) {
      metrics.bridgeFailure(); // A name that no topic can hold.
      return;
    }
    Scope scope = PlainScopes.of(running.bridge().spaceNumber());
    Message message =
        new Message(topic, event.payload().sharedBytes(), Qos.of(event.qos()), false, path.get());
    metrics.bridged();
    publish(scope, message, null, Acknowledge.RECEIVED, SilentAck.INSTANCE);
  }

  @Override
  public void close() {
    events.close();
  }
}
