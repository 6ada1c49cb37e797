package io.sallyport.watson.messaging;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.InboundPublish;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Outbound;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SubscribeOutcome;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.base.ProblemException;
import io.sallyport.platform.command.CommandRequest;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.identity.AccessDeniedProblem;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.watson.DeviceDirectory;
import io.sallyport.watson.Refusals.Rule;
import io.sallyport.watson.status.WatsonScopes;
import io.sallyport.watson.topic.PublishTopic;
import io.sallyport.watson.topic.RecentTopics;
import io.sallyport.watson.topic.SubscribeFilter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An application's connection (watson-iot.md section 5.3): every topic needs the permission that
 * section 5.4 gives its key's roles.
 */
final class ApplicationBinding implements ClientBinding {
  private static final Logger log = LoggerFactory.getLogger(ApplicationBinding.class);

  private final MessagingParts parts;
  private final LiveClient client;
  private final Principal.Application application;
  private final KeyStanding standing;
  private final AccessPolicy policy;
  private final RecentTopics topics;
  private final EventHandover events;

  /** Publishes that need a look-up, and all behind them, so that their order is kept. */
  private final Lane publishing;

  /**
   * @param standing of the key, by which its session is judged also without a connection
   */
  ApplicationBinding(
      MessagingParts parts,
      LiveClient client,
      Principal.Application application,
      KeyStanding standing) {
    this.parts = parts;
    this.standing = standing;
    this.client = client;
    this.application = application;
    this.policy = parts.platform().policy();
    this.topics =
        new RecentTopics(topic -> PublishTopic.ofApplication(application.tenant(), topic));
    this.events = new EventHandover(parts.platform().ingest(), parts.threads());
    this.publishing = new Lane(parts.threads());
  }

  @Override
  public void publish(InboundPublish publish, Ack ack) {
    if (client.revoked()) {
      ack.close(CloseReason.REVOKED);
      return;
    }
    switch (topics.meaning(publish.topic())) {
      case PublishTopic.EventOf topic -> publishEvent(topic, publish, ack);
      case PublishTopic.CommandTo topic -> {
        if (publishing.idle()) {
          sendCommand(topic, publish, ack);
        } else {
          publishing.run(() -> sendCommand(topic, publish, ack));
        }
      }
      case PublishTopic.OwnEvent _, PublishTopic.ManagementRequest _, PublishTopic.Forbidden _ ->
          refuse(publish.topic(), Rule.TOPIC_SCOPE, CloseReason.NOT_AUTHORIZED, ack);
      case PublishTopic.Invalid _ ->
          refuse(publish.topic(), Rule.TOPIC_FORM, CloseReason.TOPIC_NOT_VALID, ack);
    }
  }

  private void publishEvent(PublishTopic.EventOf topic, InboundPublish publish, Ack ack) {
    if (!policy.allows(application, Permission.EVENT_PUBLISH, topic.device())) {
      refuse(publish.topic(), Rule.TOPIC_SCOPE, CloseReason.NOT_AUTHORIZED, ack);
      return;
    }
    long now = parts.clock().millis();
    DeviceDirectory.Entry known =
        publishing.idle() ? parts.directory().remembered(topic.device()) : null;
    if (known != null) {
      publishAs(known.device(), topic, publish, now, ack);
    } else {
      publishing.run(
          () -> publishAs(parts.directory().find(topic.device()), topic, publish, now, ack));
    }
  }

  private void publishAs(
      Optional<Device> device,
      PublishTopic.EventOf topic,
      InboundPublish publish,
      long now,
      Ack ack) {
    if (device.isEmpty()) {
      refuse(publish.topic(), Rule.TOPIC_SCOPE, CloseReason.NOT_AUTHORIZED, ack);
      return;
    }
    if (!device.get().enabled()) {
      refuseDisabled(publish.topic(), ack);
      return;
    }
    events.submit(
        new Event(
            topic.device(),
            application.tenantNumber(),
            device.get().number(),
            topic.name(),
            topic.format(),
            Payload.owned(publish.payload()),
            now,
            application.auditName(),
            publish.qos().level()),
        ack);
  }

  private void sendCommand(PublishTopic.CommandTo topic, InboundPublish publish, Ack ack) {
    var _ =
        parts
            .platform()
            .commands()
            .submit(
                application,
                new CommandRequest(
                    topic.device(),
                    topic.name(),
                    topic.format(),
                    Payload.owned(publish.payload()),
                    publish.qos().level(),
                    Optional.empty()))
            .whenComplete((command, failure) -> {
              if (failure == null) {
                ack.accepted();
              } else {
                answerFailure(topic.device(), publish.topic(), unwrapped(failure), ack);
              }
            });
  }

  private void answerFailure(DeviceKey device, String topic, Throwable failure, Ack ack) {
    switch (failure) {
      // The domain has noted its own refusal.
      case AccessDeniedProblem _ -> ack.close(CloseReason.NOT_AUTHORIZED);
      case ProblemException problem -> {
        switch (problem.problem().code()) {
          case TOO_LARGE -> ack.close(CloseReason.PACKET_TOO_LARGE);
          case INVALID -> refuse(topic, Rule.TOPIC_FORM, CloseReason.TOPIC_NOT_VALID, ack);
          case NOT_FOUND, FORBIDDEN ->
              refuse(topic, Rule.TOPIC_SCOPE, CloseReason.NOT_AUTHORIZED, ack);
          case CONFLICT -> refuseDisabled(topic, ack);
          case LIMIT_REACHED -> ack.refused(ReasonCodes.QUOTA_EXCEEDED);
          case ALREADY_EXISTS,
              IN_USE,
              BAD_CURSOR,
              UNAUTHENTICATED,
              STORAGE_FULL,
              STORAGE_FAILED,
              CORRUPT,
              UNAVAILABLE ->
              // Our trouble: never a negative answer, the client sends it again.
              ack.close(CloseReason.STORAGE_UNAVAILABLE);
        }
      }
      default -> {
        log.error("a command to {} could not be stored", device, failure);
        ack.close(CloseReason.SERVER_ERROR);
      }
    }
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  @Override
  public SubscribeOutcome subscribe(String filter, Qos requested) {
    Scope scope = scopeOf(SubscribeFilter.ofApplication(filter));
    if (scope == null) {
      note("subscribe.refused", filter, Rule.FILTER);
      return new SubscribeOutcome.Refused(ReasonCodes.NOT_AUTHORIZED);
    }
    return new SubscribeOutcome.Granted(scope, requested, /* indexed= */ true);
  }

  /** Where the subscription lives; null if the key may not have it. */
  private @Nullable Scope scopeOf(SubscribeFilter filter) {
    Scope full = WatsonScopes.full(application.tenantNumber());
    return switch (filter) {
      case SubscribeFilter.Events _ -> may(Permission.EVENT_READ) ? full : null;
      case SubscribeFilter.Commands _ -> may(Permission.COMMAND_READ) ? full : null;
      case SubscribeFilter.DeviceStatus _ -> {
        // THREATS T36: address and user only with connection:read.
        if (may(Permission.CONNECTION_READ)) {
          yield full;
        }
        yield may(Permission.DEVICE_READ) ? WatsonScopes.masked(application.tenantNumber()) : null;
      }
      case SubscribeFilter.ApplicationStatus _ -> may(Permission.CONNECTION_READ) ? full : null;
      case SubscribeFilter.OwnCommands _,
          SubscribeFilter.Management _,
          SubscribeFilter.Notices _,
          SubscribeFilter.NotOffered _ ->
          null;
    };
  }

  private boolean may(Permission permission) {
    return policy.allows(application, permission, application.tenant());
  }

  @Override
  public void unsubscribed(String filter) {}

  @Override
  public void opened(Outbound outbound, boolean sessionPresent, List<HeldSubscription> resumed) {
    client.opened(outbound);
  }

  @Override
  public void closed(CloseReason reason, ConnectionStats stats) {
    client.closed(reason, stats);
    publishing.run(events::close);
  }

  @Override
  public boolean mayDeliver(Message message) {
    if (client.revoked()) {
      return false;
    }
    return standing.mayRead(message);
  }

  @Override
  public void publishWill(Message will) {
    publish(
        new InboundPublish(will.topic(), will.payload(), will.qos(), false, false),
        SilentAck.INSTANCE);
  }

  private void refuse(String topic, Rule rule, CloseReason reason, Ack ack) {
    note("publish.refused", topic, rule);
    ack.close(reason);
  }

  /** A passing state of one device is no reason to cut the application off. */
  private void refuseDisabled(String topic, Ack ack) {
    note("publish.refused", topic, Rule.DEVICE_DISABLED);
    ack.refused(ReasonCodes.NOT_AUTHORIZED);
  }

  private void note(String action, String target, Rule rule) {
    parts
        .refusals()
        .note(
            Optional.of(application.tenant()),
            application.auditName(),
            action,
            target,
            client.source(),
            rule);
  }
}
