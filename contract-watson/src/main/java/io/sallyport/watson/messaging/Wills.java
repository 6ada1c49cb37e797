package io.sallyport.watson.messaging;

import io.sallyport.mqtt.ClientGate.WillRights;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.SessionKey;
import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Payload;
import io.sallyport.platform.command.CommandRequest;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.telemetry.Event;
import io.sallyport.watson.Refusals.Rule;
import io.sallyport.watson.WatsonClientId;
import io.sallyport.watson.topic.PublishTopic;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may publish which will (watson-iot.md section 5), and wills of clients that were cut off when
 * the process was killed: those are judged anew, by the rights in force now (THREATS T31). Blocks.
 * Thread-safe.
 */
final class Wills {
  private static final Logger LOG = LoggerFactory.getLogger(Wills.class);

  private final MessagingParts parts;

  Wills(MessagingParts parts) {
    this.parts = parts;
  }

  boolean mayPublish(Message will, Principal.OfTenant principal) {
    return permitted(will, principal).isPresent();
  }

  /**
   * @param login of the client whose will it is
   * @return empty if the session's owner has gone, is disabled, was another one of the same name,
   *     or has got another token since
   */
  Optional<WillRights> reopen(SessionKey session, String login) {
    return owner(session)
        .filter(principal -> login(currentVersions(principal)).equals(login))
        .map(principal -> will -> publish(will, principal));
  }

  /** What changes when what the client logged in with is revoked. */
  static String login(CredentialVersions versions) {
    return Long.toString(versions.credential());
  }

  private CredentialVersions currentVersions(Principal.OfTenant principal) {
    return principal instanceof Principal.Device device
        ? parts.platform().deviceLogins().currentVersions(device)
        : parts.platform().keyLogins().currentVersions(principal);
  }

  private Optional<Principal.OfTenant> owner(SessionKey session) {
    return WatsonClientId.parse(session.clientId())
        .<Principal.OfTenant>flatMap(id -> standing(id, session.owner()))
        .filter(principal -> WatsonGate.sessionOf(principal, session.clientId()).equals(session));
  }

  private Optional<? extends Principal.OfTenant> standing(WatsonClientId id, String owner) {
    return switch (id) {
      case WatsonClientId.OfDevice device ->
          parts.platform().deviceLogins().standing(device.key()).filter(found -> !found.gateway());
      case WatsonClientId.OfGateway gateway ->
          parts.platform().deviceLogins().standing(gateway.key()).filter(Principal.Device::gateway);
      case WatsonClientId.OfApplication _, WatsonClientId.OfSharedApplication _ ->
          WatsonGate.apiKeyOf(owner).flatMap(parts.platform().keyLogins()::standing);
    };
  }

  private void publish(Message will, Principal.OfTenant principal) {
    Optional<PublishTopic> topic = permitted(will, principal);
    if (topic.isEmpty()) {
      parts
          .refusals()
          .note(
              Optional.of(principal.tenant()),
              principal.auditName(),
              "publish.refused",
              will.topic(),
              principal.auditName(),
              Rule.WILL);
      return;
    }
    switch (topic.get()) {
      case PublishTopic.OwnEvent(String name, String format)
          when principal instanceof Principal.Device device ->
          append(device.key(), device.deviceNumber(), name, format, will, principal, null);
      case PublishTopic.EventOf(DeviceKey key, String name, String format) ->
          parts
              .directory()
              .find(key)
              .ifPresent(device ->
                  append(
                      key, device.number(), name, format, will, principal, sentBy(principal, key)));
      case PublishTopic.CommandTo(DeviceKey key, String name, String format)
          when principal instanceof Principal.Application application ->
          send(
              application,
              new CommandRequest(
                  key,
                  name,
                  format,
                  Payload.owned(will.payload()),
                  will.qos().level(),
                  Optional.empty()));
      case PublishTopic.OwnEvent _,
          PublishTopic.CommandTo _,
          PublishTopic.ManagementRequest _,
          PublishTopic.Forbidden _,
          PublishTopic.Invalid _ ->
          throw new IllegalStateException("such a will is not permitted");
    }
  }

  private static @Nullable String sentBy(Principal principal, DeviceKey about) {
    return principal instanceof Principal.Device device && device.key().equals(about)
        ? null
        : principal.auditName();
  }

  private void append(
      DeviceKey key,
      long number,
      String name,
      String format,
      Message will,
      Principal.OfTenant principal,
      @Nullable String sentBy) {
    Event event =
        new Event(
            key,
            principal.tenantNumber(),
            number,
            name,
            format,
            Payload.owned(will.payload()),
            parts.clock().millis(),
            sentBy,
            will.qos().level());
    new EventHandover(parts.platform().ingest(), parts.threads()).submit(event, SilentAck.INSTANCE);
  }

  private void send(Principal.Application application, CommandRequest request) {
    var _ =
        parts
            .platform()
            .commands()
            .submit(application, request)
            .whenComplete((command, failure) -> {
              if (failure != null) {
                LOG.warn("the will of {} is lost: {}", application.auditName(), failure.toString());
              }
            });
  }

  /** What the will means, if its author may publish it now. */
  private Optional<PublishTopic> permitted(Message will, Principal.OfTenant principal) {
    if (will.payload().length > WatsonLimits.PAYLOAD_BYTES_MAX) {
      return Optional.empty();
    }
    return switch (principal) {
      case Principal.Device device when !device.gateway() ->
          Optional.of(PublishTopic.ofDevice(will.topic()))
              .filter(PublishTopic.OwnEvent.class::isInstance);
      case Principal.Device gateway ->
          Optional.of(PublishTopic.ofGateway(gateway.tenant(), will.topic()))
              .filter(topic ->
                  topic instanceof PublishTopic.EventOf event
                      && speaksFor(gateway, event.device()));
      case Principal.Application application ->
          Optional.of(PublishTopic.ofApplication(application.tenant(), will.topic()))
              .filter(topic -> may(application, topic));
      case Principal.PlainClient _ -> Optional.empty();
    };
  }

  private boolean speaksFor(Principal.Device gateway, DeviceKey device) {
    return device.equals(gateway.key())
        || parts
            .directory()
            .find(device)
            .filter(Device::enabled)
            .flatMap(Device::gateway)
            .equals(Optional.of(gateway.key()));
  }

  private boolean may(Principal.Application application, PublishTopic topic) {
    return switch (topic) {
      case PublishTopic.EventOf event ->
          mayReach(application, Permission.EVENT_PUBLISH, event.device());
      case PublishTopic.CommandTo command ->
          mayReach(application, Permission.COMMAND_SEND, command.device());
      case PublishTopic.OwnEvent _,
          PublishTopic.ManagementRequest _,
          PublishTopic.Forbidden _,
          PublishTopic.Invalid _ ->
          false;
    };
  }

  private boolean mayReach(
      Principal.Application application, Permission permission, DeviceKey device) {
    return parts.platform().policy().allows(application, permission, device)
        && parts.directory().find(device).isPresent();
  }
}
