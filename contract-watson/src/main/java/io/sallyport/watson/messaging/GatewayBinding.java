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
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.TypeId;
import io.sallyport.platform.command.Command;
import io.sallyport.platform.command.CommandRoute;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.watson.DeviceDirectory;
import io.sallyport.watson.Refusals.Rule;
import io.sallyport.watson.WatsonNames;
import io.sallyport.watson.status.CloseCode;
import io.sallyport.watson.status.WatsonScopes;
import io.sallyport.watson.topic.HeldFilters;
import io.sallyport.watson.topic.PublishTopic;
import io.sallyport.watson.topic.RecentTopics;
import io.sallyport.watson.topic.ScopeTopic;
import io.sallyport.watson.topic.SubscribeFilter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's connection (watson-iot.md section 5.2). It speaks for itself and for devices whose
 * registered parent it is (THREATS T33), nobody else. What it may not do is told on its notify
 * topic and dropped; the connection stays.
 */
final class GatewayBinding implements ClientBinding {
  private final MessagingParts parts;
  private final LiveClient client;
  private final Principal.Device gateway;
  private final RecentTopics topics;
  private final HeldFilters held = new HeldFilters();
  private final EventHandover events;
  private final ManagementAnswers management;
  private final Notices notices;
  private final String noticesTopic;

  /** Publishes that need a look-up, and all behind them, so that their order is kept. */
  private final Lane publishing;

  /** Routes and deliveries. */
  private final Lane control;

  private final OwnRoute ownRoute;
  private final FamilyRoutes familyRoutes;

  GatewayBinding(
      MessagingParts parts, LiveClient client, Principal.Device gateway, boolean persistent) {
    this.parts = parts;
    this.client = client;
    this.gateway = gateway;
    this.topics = new RecentTopics(topic -> PublishTopic.ofGateway(gateway.tenant(), topic));
    this.events = new EventHandover(parts.platform().ingest(), parts.threads());
    this.management = new ManagementAnswers(client, held, parts.refusals());
    this.notices = new Notices(client, held, gateway.key(), parts.clock());
    this.noticesTopic = ScopeTopic.notices(gateway.key());
    this.publishing = new Lane(parts.threads());
    this.control = new Lane(parts.threads());
    this.ownRoute = new OwnRoute(parts.platform().routes(), control, gateway, persistent);
    this.familyRoutes =
        new FamilyRoutes(
            parts.platform().devices(),
            parts.platform().routes(),
            control,
            parts.timer(),
            gateway,
            this::deliver,
            persistent);
  }

  @Override
  public void publish(InboundPublish publish, Ack ack) {
    if (client.revoked()) {
      ack.close(CloseReason.REVOKED);
      return;
    }
    switch (topics.meaning(publish.topic())) {
      case PublishTopic.EventOf topic -> publishEvent(topic, publish, ack);
      case PublishTopic.ManagementRequest request -> management.answer(request, publish, ack);
      case PublishTopic.OwnEvent _, PublishTopic.CommandTo _, PublishTopic.Forbidden _ ->
          refuse(publish, Optional.empty(), Rule.TOPIC_SCOPE, CloseCode.NOT_AUTHORIZED, ack);
      case PublishTopic.Invalid _ ->
          refuse(publish, Optional.empty(), Rule.TOPIC_FORM, CloseCode.TOPIC_NOT_VALID, ack);
    }
  }

  private void publishEvent(PublishTopic.EventOf topic, InboundPublish publish, Ack ack) {
    long now = parts.clock().millis();
    if (publishing.idle()) {
      if (topic.device().equals(gateway.key())) {
        events.submit(event(topic, gateway.deviceNumber(), null, publish, now), ack);
        return;
      }
      DeviceDirectory.Entry known = parts.directory().remembered(topic.device());
      if (known != null) {
        publishFor(known.device(), topic, publish, now, ack);
        return;
      }
    }
    publishing.run(() -> {
      if (topic.device().equals(gateway.key())) {
        events.submit(event(topic, gateway.deviceNumber(), null, publish, now), ack);
      } else {
        publishFor(parts.directory().find(topic.device()), topic, publish, now, ack);
      }
    });
  }

  private void publishFor(
      Optional<Device> found,
      PublishTopic.EventOf topic,
      InboundPublish publish,
      long now,
      Ack ack) {
    if (isBehind(found)) {
      long number = found.orElseThrow().number();
      events.submit(event(topic, number, gateway.auditName(), publish, now), ack);
    } else {
      // The same answer for unknown devices and those of others.
      refuse(
          publish, Optional.of(topic.device()), Rule.GATEWAY_SCOPE, CloseCode.NOT_AUTHORIZED, ack);
    }
  }

  private boolean isBehind(Optional<Device> device) {
    return device.isPresent()
        && device.get().enabled()
        && device.get().gateway().equals(Optional.of(gateway.key()));
  }

  private Event event(
      PublishTopic.EventOf topic,
      long deviceNumber,
      @Nullable String sentBy,
      InboundPublish publish,
      long now) {
    return new Event(
        topic.device(),
        gateway.tenantNumber(),
        deviceNumber,
        topic.name(),
        topic.format(),
        Payload.owned(publish.payload()),
        now,
        sentBy,
        publish.qos().level());
  }

  @Override
  public SubscribeOutcome subscribe(String filter, Qos requested) {
    return switch (SubscribeFilter.ofGateway(gateway.key(), filter)) {
      case SubscribeFilter.Commands commands -> {
        held.put(filter, requested);
        ownRoute.ready();
        if (!isSelf(commands.type(), commands.device())) {
          familyRoutes.open();
          tellIfForeign(filter, commands);
        }
        yield served(requested);
      }
      case SubscribeFilter.Notices _, SubscribeFilter.Management _ -> {
        held.put(filter, requested);
        yield served(requested);
      }
      case SubscribeFilter.DeviceStatus status when isSelf(status.type(), status.device()) ->
          new SubscribeOutcome.Granted(
              WatsonScopes.masked(gateway.tenantNumber()), requested, /* indexed= */ true);
      case SubscribeFilter.DeviceStatus _,
          SubscribeFilter.OwnCommands _,
          SubscribeFilter.Events _,
          SubscribeFilter.ApplicationStatus _,
          SubscribeFilter.NotOffered _ -> {
        note("subscribe.refused", filter, Rule.FILTER);
        notices.send("subscribe", filter, Optional.empty(), CloseCode.NOT_AUTHORIZED);
        yield new SubscribeOutcome.Refused(ReasonCodes.NOT_AUTHORIZED);
      }
    };
  }

  private SubscribeOutcome served(Qos qos) {
    return new SubscribeOutcome.Granted(
        WatsonScopes.full(gateway.tenantNumber()), qos, /* indexed= */ false);
  }

  private boolean isSelf(String type, String device) {
    return type.equals(gateway.key().type().value())
        && device.equals(WatsonNames.encode(gateway.key().id()));
  }

  /**
   * Whether a named device is behind this gateway needs a look-up, for which SUBACK does not wait.
   * Every delivery is checked, so the grant gives nothing; the gateway learns of it by a notice.
   */
  private void tellIfForeign(String filter, SubscribeFilter.Commands commands) {
    if (commands.type().equals("+") || commands.device().equals("+")) {
      return;
    }
    DeviceKey named =
        new DeviceKey(
            gateway.tenant(),
            new TypeId(commands.type()),
            WatsonNames.decode(commands.device()).orElseThrow());
    control.run(() -> {
      if (!isBehind(parts.directory().find(named))) {
        note("subscribe.refused", filter, Rule.GATEWAY_SCOPE);
        notices.send("subscribe", filter, Optional.of(named), CloseCode.NOT_AUTHORIZED);
      }
    });
  }

  @Override
  public void unsubscribed(String filter) {
    held.remove(filter);
  }

  @Override
  public void opened(Outbound outbound, boolean sessionPresent, List<HeldSubscription> resumed) {
    boolean family = false;
    for (HeldSubscription subscription : resumed) {
      switch (SubscribeFilter.ofGateway(gateway.key(), subscription.filter())) {
        case SubscribeFilter.Commands commands -> {
          held.put(subscription.filter(), subscription.qos());
          family |= !isSelf(commands.type(), commands.device());
        }
        case SubscribeFilter.Notices _, SubscribeFilter.Management _ ->
            held.put(subscription.filter(), subscription.qos());
        case SubscribeFilter.DeviceStatus _,
            SubscribeFilter.OwnCommands _,
            SubscribeFilter.Events _,
            SubscribeFilter.ApplicationStatus _,
            SubscribeFilter.NotOffered _ -> {
          // The engine's index serves status; the others were never granted.
        }
      }
    }
    client.opened(outbound);
    ownRoute.open(this::deliver);
    if (family) {
      familyRoutes.open();
    }
  }

  private boolean deliver(Command command, CommandRoute.Outcome outcome) {
    String topic = ScopeTopic.command(command.device(), command.name(), command.format());
    Optional<Qos> granted = held.highest(topic);
    if (granted.isEmpty()) {
      return false;
    }
    Qos qos = Qos.of(command.qos()).min(granted.get());
    Message message =
        new Message(
            topic,
            command.payload().sharedBytes(),
            qos,
            false,
            new ScopeTopic.OfCommand(command.device()));
    control.run(() -> {
      if (mayHave(command.device(), parts.directory().find(command.device()))) {
        client.send(message, new CommandDelivery(outcome));
      } else {
        outcome.dropped();
      }
    });
    return true;
  }

  private boolean mayHave(DeviceKey device, Optional<Device> found) {
    return device.equals(gateway.key()) || isBehind(found);
  }

  /**
   * A queued command for a device that has left the gateway stays back (watson-iot.md 5.2). Where
   * the answer is no longer remembered, this copy is dropped, which returns the command to those
   * that wait, and it is offered again after a look-up.
   */
  @Override
  public boolean mayDeliver(Message message) {
    if (client.revoked()) {
      return false;
    }
    if (message.topic().startsWith("iotdm-1/") || message.topic().equals(noticesTopic)) {
      return true;
    }
    Optional<ScopeTopic> about =
        message.attachment() instanceof ScopeTopic note
            ? Optional.of(note)
            : ScopeTopic.parse(gateway.tenant(), message.topic());
    if (about.isEmpty()) {
      return false;
    }
    return switch (about.get()) {
      case ScopeTopic.OfCommand command -> mayHaveNow(command.device());
      case ScopeTopic.OfDeviceStatus status -> status.device().equals(gateway.key());
      case ScopeTopic.OfEvent _, ScopeTopic.OfApplicationStatus _ -> false;
    };
  }

  private boolean mayHaveNow(DeviceKey device) {
    if (device.equals(gateway.key())) {
      return true;
    }
    DeviceDirectory.Entry remembered = parts.directory().remembered(device);
    if (remembered != null) {
      return isBehind(remembered.device());
    }
    control.run(() -> {
      if (isBehind(parts.directory().find(device))) {
        parts.platform().routes().ready(device);
      }
    });
    return false;
  }

  @Override
  public void closed(CloseReason reason, ConnectionStats stats) {
    client.closed(reason, stats);
    publishing.run(events::close);
    ownRoute.close();
    familyRoutes.close();
  }

  @Override
  public void sessionEnded() {
    ownRoute.sessionEnded();
    familyRoutes.sessionEnded();
  }

  @Override
  public void publishWill(Message will) {
    publish(
        new InboundPublish(will.topic(), will.payload(), will.qos(), false, false),
        SilentAck.INSTANCE);
  }

  private void refuse(
      InboundPublish publish, Optional<DeviceKey> about, Rule rule, CloseCode code, Ack ack) {
    note("publish.refused", publish.topic(), rule);
    notices.send("publish", publish.topic(), about, code);
    ack.refused(ReasonCodes.NOT_AUTHORIZED);
  }

  private void note(String action, String target, Rule rule) {
    parts
        .refusals()
        .note(
            Optional.of(gateway.tenant()),
            gateway.auditName(),
            action,
            target,
            client.source(),
            rule);
  }
}
