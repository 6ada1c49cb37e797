package io.sallyport.plain;

import io.sallyport.mqtt.Ack;
import io.sallyport.mqtt.ClientBinding;
import io.sallyport.mqtt.CloseReason;
import io.sallyport.mqtt.ConnectionStats;
import io.sallyport.mqtt.InboundPublish;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.Outbound;
import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.SubscribeOutcome;
import io.sallyport.plain.Refusals.Rule;
import io.sallyport.platform.device.ConnectionDetails;
import io.sallyport.platform.device.LiveConnection;
import io.sallyport.platform.device.LiveConnections;
import io.sallyport.platform.identity.Principal;
import io.sallyport.platform.space.PlainSpace;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a plain space. Every publish, subscription and delivery is checked against the
 * rules that are in force at that moment; those of a session without a connection too, by the
 * binding it had last.
 */
final class PlainBinding implements ClientBinding, LiveConnection, RuledClient {
  private final PlainParts parts;
  private final Principal.PlainClient principal;
  private final CredentialState credential;
  private final SpaceState space;
  private final String clientId;
  private final boolean persistent;

  /** Of the credential at login: another one means that the login has been revoked. */
  private final long version;

  private final CurrentVerdicts verdicts;

  /** Filters that the session holds; written by the loop, read by whoever changes rules. */
  private final Set<String> held = ConcurrentHashMap.newKeySet(1);

  private volatile @Nullable Outbound outbound;
  private volatile LiveConnections.@Nullable Registration registration;
  private volatile boolean revoked;

  PlainBinding(
      PlainParts parts,
      Principal.PlainClient principal,
      CredentialState credential,
      SpaceState space,
      String clientId,
      boolean persistent,
      long version) {
    this.parts = parts;
    this.principal = principal;
    this.credential = credential;
    this.space = space;
    this.clientId = clientId;
    this.verdicts = new CurrentVerdicts(credential, clientId);
    this.persistent = persistent;
    this.version = version;
  }

  @Override
  public Principal.PlainClient principal() {
    return principal;
  }

  @Override
  public Optional<ConnectionDetails> details() {
    Outbound out = outbound;
    return out == null
        ? Optional.empty()
        : Optional.of(
            new ConnectionDetails(
                Instant.ofEpochMilli(out.stats().connectedAtMillis()),
                out.connection().remote().getAddress().getHostAddress(),
                out.connection().secure(),
                "plain",
                clientId));
  }

  @Override
  public String clientId() {
    return clientId;
  }

  boolean revoked() {
    return revoked;
  }

  void registered(LiveConnections.Registration place) {
    registration = place;
  }

  boolean mayPublish(String topic) {
    return verdicts.mayPublish(topic);
  }

  /** MESSAGING section 2: nobody has another answer where he himself can neither speak nor hear. */
  boolean mayNameResponse(Message message) {
    String response = message.properties().responseTopic();
    return response == null || verdicts.mayReceive(response) || verdicts.mayPublish(response);
  }

  @Override
  public void publish(InboundPublish publish, Ack ack) {
    if (revoked) {
      ack.close(CloseReason.REVOKED);
      return;
    }
    publish(publish.toMessage(publish.topic(), null), ack);
  }

  private void publish(Message message, Ack ack) {
    String topic = message.topic();
    Verdicts now = verdicts.get();
    boolean allowed = now != null && now.mayPublish(topic);
    if (now == null || !allowed || !mayNameResponse(message)) {
      parts.metrics().deniedPublish();
      note("publish.refused", topic, allowed ? Rule.RESPONSE_TOPIC : Rule.PUBLISH);
      // v3: MQTT-3.3.5-2 allows both; 5 answers with the code.
      if (space.space().deniedPublish() == PlainSpace.DeniedPublish.CLOSE) {
        ack.close(CloseReason.NOT_AUTHORIZED);
      } else {
        ack.refused(ReasonCodes.NOT_AUTHORIZED);
      }
      return;
    }
    Publisher publisher =
        Publisher.of(
            PlainScopes.session(principal.spaceNumber(), principal.credentialNumber(), clientId),
            now.limits());
    if (message.retained() && !parts.traffic().mayRetain(space.scope(), message, publisher)) {
      note("publish.refused", topic, Rule.RETAINED);
      ack.refused(ReasonCodes.QUOTA_EXCEEDED);
      return;
    }
    parts.traffic().publish(space.scope(), message, publisher, space.space().acknowledge(), ack);
  }

  @Override
  public SubscribeOutcome subscribe(String filter, Qos requested) {
    return subscribe(new HeldFilter(filter), requested);
  }

  /** T37: the group belongs to the credential, whose members all have the same rules. */
  @Override
  public SubscribeOutcome subscribeShared(String share, String filter, Qos requested) {
    return subscribe(HeldFilter.shared(share, filter), requested);
  }

  private SubscribeOutcome subscribe(HeldFilter asked, Qos requested) {
    String filter = asked.filter();
    // Held before asked: a change of rules meanwhile finds it, or is seen here.
    held.add(asked.text());
    if (verdicts.maySubscribe(filter)) {
      return new SubscribeOutcome.Granted(space.scope(), requested, /* indexed= */ true);
    }
    held.remove(asked.text());
    parts.metrics().deniedSubscription();
    note("subscribe.refused", filter, Rule.SUBSCRIBE);
    return new SubscribeOutcome.Refused(ReasonCodes.NOT_AUTHORIZED);
  }

  @Override
  public void unsubscribed(String filter) {
    held.remove(filter);
  }

  @Override
  public void opened(Outbound out, boolean sessionPresent, List<HeldSubscription> resumed) {
    resumed.forEach(subscription -> held.add(subscription.filter()));
    outbound = out;
    credential.sessionOpened(this);
    // A revocation between login and here found no way out: written after, read after.
    if (revoked) {
      out.close(CloseReason.REVOKED);
      return;
    }
    rulesChanged();
  }

  @Override
  public void rulesChanged() {
    Outbound out = outbound;
    if (out == null || verdicts.get() == null) { // Not open yet, or closed by its revocation.
      return;
    }
    for (String text : List.copyOf(held)) {
      if (!verdicts.maySubscribe(new HeldFilter(text).filter()) && held.remove(text)) {
        parts.metrics().withdrawnSubscription();
        note("subscribe.withdrawn", text, Rule.SUBSCRIBE);
        out.unsubscribe(text);
      }
    }
  }

  @Override
  public void closed(CloseReason reason, ConnectionStats stats) {
    withdraw();
    if (!persistent) {
      credential.sessionEnded(this);
    }
  }

  @Override
  public void sessionEnded() {
    credential.sessionEnded(this);
  }

  /** Takes the connection out of the live ones. */
  void withdraw() {
    credential.leave(this);
    LiveConnections.Registration place = registration;
    if (place != null) {
      place.close();
    }
  }

  @Override
  public boolean mayDeliver(Message message) {
    return verdicts.mayReceive(message.topic());
  }

  @Override
  public void publishWill(Message will) {
    Verdicts now = verdicts.get(); // A delayed one may outlast the login that left it.
    if (!revoked && now != null && now.version() == version) {
      publish(will, SilentAck.INSTANCE);
    }
  }

  @Override
  public void closeRevoked() {
    revoked = true;
    Outbound out = outbound;
    if (out != null) {
      out.close(CloseReason.REVOKED);
    }
  }

  private void note(String action, String target, Rule rule) {
    parts
        .refusals()
        .note(
            principal.tenant(),
            principal.auditName(),
            action,
            target,
            principal.credential() + " " + clientId,
            rule);
  }
}
