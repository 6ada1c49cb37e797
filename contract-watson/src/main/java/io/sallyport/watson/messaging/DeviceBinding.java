package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.InboundPublish;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Outbound;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.SubscribeOutcome;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.command.CommandRoute;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.watson.Refusals.Rule;
import io.sallyport.watson.status.WatsonScopes;
import io.sallyport.watson.topic.HeldFilters;
import io.sallyport.watson.topic.PublishTopic;
import io.sallyport.watson.topic.RecentTopics;
import io.sallyport.watson.topic.ScopeTopic;
import io.sallyport.watson.topic.SubscribeFilter;
import java.util.List;
import java.util.Optional;

/**
 * A device's connection (watson-iot.md section 5.1). Whatever topic it names, the event is its own:
 * tenant, type and id come from the principal.
 */
final class DeviceBinding implements ClientBinding {
  private final MessagingParts parts;
  private final LiveClient client;
  private final Principal.Device device;
  private final RecentTopics topics = new RecentTopics(PublishTopic::ofDevice);
  private final HeldFilters held = new HeldFilters();
  private final EventHandover events;
  private final ManagementAnswers management;
  private final OwnRoute route;

  DeviceBinding(
      MessagingParts parts, LiveClient client, Principal.Device device, boolean persistent) {
    this.parts = parts;
    this.client = client;
    this.device = device;
    this.events = new EventHandover(parts.platform().ingest(), parts.threads());
    this.management = new ManagementAnswers(client, held, parts.refusals());
    this.route =
        new OwnRoute(parts.platform().routes(), new Lane(parts.threads()), device, persistent);
  }

  @Override
  public void publish(InboundPublish publish, Ack ack) {
    if (client.revoked()) {
      ack.close(CloseReason.REVOKED);
      return;
    }
    switch (topics.meaning(publish.topic())) {
      case PublishTopic.OwnEvent topic -> events.submit(event(topic, publish), ack);
      case PublishTopic.ManagementRequest request -> management.answer(request, publish, ack);
      case PublishTopic.EventOf _, PublishTopic.CommandTo _, PublishTopic.Forbidden _ -> {
        refuse("publish.refused", publish.topic(), Rule.TOPIC_SCOPE);
        ack.close(CloseReason.NOT_AUTHORIZED);
      }
      case PublishTopic.Invalid _ -> {
        refuse("publish.refused", publish.topic(), Rule.TOPIC_FORM);
        ack.close(CloseReason.TOPIC_NOT_VALID);
      }
    }
  }

  private Event event(PublishTopic.OwnEvent topic, InboundPublish publish) {
    return new Event(
        device.key(),
        device.tenantNumber(),
        device.deviceNumber(),
        topic.name(),
        topic.format(),
        Payload.owned(publish.payload()),
        parts.clock().millis(),
        null,
        publish.qos().level());
  }

  @Override
  public SubscribeOutcome subscribe(String filter, Qos requested) {
    return switch (SubscribeFilter.ofDevice(filter)) {
      case SubscribeFilter.OwnCommands _ -> {
        held.put(filter, requested);
        route.ready();
        yield granted(requested);
      }
      case SubscribeFilter.Management _ -> {
        held.put(filter, requested);
        yield granted(requested);
      }
      case SubscribeFilter.Commands _,
          SubscribeFilter.Events _,
          SubscribeFilter.DeviceStatus _,
          SubscribeFilter.ApplicationStatus _,
          SubscribeFilter.Notices _,
          SubscribeFilter.NotOffered _ -> {
        refuse("subscribe.refused", filter, Rule.FILTER);
        yield new SubscribeOutcome.Refused(ReasonCodes.NOT_AUTHORIZED);
      }
    };
  }

  private SubscribeOutcome granted(Qos qos) {
    return new SubscribeOutcome.Granted(
        WatsonScopes.full(device.tenantNumber()), qos, /* indexed= */ false);
  }

  @Override
  public void unsubscribed(String filter) {
    held.remove(filter);
  }

  @Override
  public void opened(Outbound outbound, boolean sessionPresent, List<HeldSubscription> resumed) {
    for (HeldSubscription subscription : resumed) {
      if (!(SubscribeFilter.ofDevice(subscription.filter())
          instanceof SubscribeFilter.NotOffered)) {
        held.put(subscription.filter(), subscription.qos());
      }
    }
    client.opened(outbound);
    route.open(this::deliver);
  }

  private boolean deliver(Command command, CommandRoute.Outcome outcome) {
    String topic = ScopeTopic.ownCommand(command.name(), command.format());
    Optional<Qos> granted = held.highest(topic);
    if (granted.isEmpty()) {
      return false;
    }
    Qos qos = Qos.of(command.qos()).min(granted.get());
    client.send(
        Message.of(topic, command.payload().sharedBytes(), qos), new CommandDelivery(outcome));
    return true;
  }

  @Override
  public void closed(CloseReason reason, ConnectionStats stats) {
    client.closed(reason, stats);
    events.close();
    route.close();
  }

  @Override
  public void sessionEnded() {
    route.sessionEnded();
  }

  /** A device's queue holds only what was sent to it by name. */
  @Override
  public boolean mayDeliver(Message message) {
    return !client.revoked()
        && (message.topic().startsWith("iot-2/cmd/") || message.topic().startsWith("iotdm-1/"));
  }

  @Override
  public void publishWill(Message will) {
    publish(
        new InboundPublish(will.topic(), will.payload(), will.qos(), false, false),
        SilentAck.INSTANCE);
  }

  private void refuse(String action, String target, Rule rule) {
    parts
        .refusals()
        .note(
            Optional.of(device.tenant()),
            device.auditName(),
            action,
            target,
            client.source(),
            rule);
  }
}
