package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.Router;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.command.CommandFeed;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.platform.telemetry.StoredEvent;
import io.sallyport.platform.telemetry.TelemetryFeed;
import io.sallyport.watson.status.WatsonScopes;
import io.sallyport.watson.topic.ScopeTopic;
import java.util.List;

/**
 * Shows every durable event and every submitted command to the tenant's applications, under the
 * long topics and at the QoS it came with (watson-iot.md section 5.3).
 */
final class Egress implements AutoCloseable {
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
              new ScopeTopic.OfEvent(event.device())));
    }
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
