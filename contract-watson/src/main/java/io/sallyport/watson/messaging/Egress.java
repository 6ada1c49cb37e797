package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.Router;
import io.sallyport.mqtt.Scope;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.command.CommandFeed;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.telemetry.TelemetryFeed;
import io.sallyport.platform.telemetry.TelemetryStore;
import io.sallyport.watson.status.WatsonScopes;
import io.sallyport.watson.topic.ScopeTopic;
import java.util.List;
import java.util.OptionalLong;

/**
 * Shows every durable event and every submitted command to the tenant's applications, under the
 * long topics and at the QoS it came with (watson-iot.md section 5.3).
 */
final class Egress implements AutoCloseable {
  private static final int REPLAYED_AT_ONCE = 256;

  private final Router router;
  private final TelemetryFeed.Subscription events;
  private final CommandFeed.Subscription commands;

  Egress(Router router, TelemetryFeed events, CommandFeed commands) {
    this.router = router;
    this.events = events.subscribe(this::routeEvents);
    this.commands = commands.subscribe(this::routeCommand);
  }

  private void routeEvents(List<StoredEvent> batch) {
    for (StoredEvent stored : batch) {
      Event event = stored.event();
      router.route(
          WatsonScopes.full(event.tenantNumber()),
          new Message(
              ScopeTopic.event(event.device(), event.name(), event.format()),
              event.payload().sharedBytes(),
              Qos.of(event.qos()),
              false,
              new ScopeTopic.OfEvent(event.device())),
          stored.position());
    }
  }

  /**
   * After a start, before the first client: what the log has and the queues of durable sessions may
   * lack (MESSAGING section 5). Blocks.
   */
  void replay(TelemetryStore log, int tenantNumber) {
    Scope scope = WatsonScopes.full(tenantNumber);
    OptionalLong cursor = router.logCursor(scope);
    if (cursor.isPresent()) {
      List<StoredEvent> page = log.read(tenantNumber, cursor.getAsLong(), REPLAYED_AT_ONCE);
      while (!page.isEmpty()) {
        routeEvents(page);
        long next = page.getLast().position() + 1;
        router.logRouted(scope, next); // No more in memory than this.
        page = log.read(tenantNumber, next, REPLAYED_AT_ONCE);
      }
    }
    router.logRouted(scope, log.endPosition(tenantNumber));
  }

  private void routeCommand(Command command) {
    router.route(
        WatsonScopes.full(command.tenantNumber()),
        new Message(
            ScopeTopic.command(command.device(), command.name(), command.format()),
            command.payload().sharedBytes(),
            Qos.of(command.qos()),
            false,
            new ScopeTopic.OfCommand(command.device())));
  }

  @Override
  public void close() {
    events.close();
    commands.close();
  }
}
