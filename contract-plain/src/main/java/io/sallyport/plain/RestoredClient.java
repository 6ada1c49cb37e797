package io.sallyport.plain;

import io.sallyport.mqtt.ClientBinding.HeldSubscription;
import io.sallyport.mqtt.ClientGate.SessionRights;
import io.sallyport.mqtt.Message;
import io.sallyport.mqtt.RestoredSession;
import io.sallyport.plain.Refusals.Rule;
import io.sallyport.platform.space.PlainCredential;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds a client's place from a restart until it comes: its session counts, loses subscriptions
 * with the rules, and gets what they allow now (THREATS T32). Thread-safe.
 */
final class RestoredClient implements RuledClient, SessionRights {
  private final PlainParts parts;
  private final CredentialState credential;
  private final CurrentVerdicts verdicts;
  private final RestoredSession session;
  private final Set<String> held = ConcurrentHashMap.newKeySet(1);

  RestoredClient(
      PlainParts parts,
      CredentialState credential,
      RestoredSession session,
      List<HeldSubscription> held) {
    this.parts = parts;
    this.credential = credential;
    this.verdicts = new CurrentVerdicts(credential, session.key().clientId());
    this.session = session;
    held.forEach(subscription -> this.held.add(subscription.filter()));
  }

  @Override
  public String clientId() {
    return session.key().clientId();
  }

  @Override
  public void rulesChanged() {
    PlainCredential now = credential.usable();
    if (now == null) { // It gets nothing, and keeps its subscriptions for better days.
      return;
    }
    for (String text : List.copyOf(held)) {
      if (!verdicts.maySubscribe(new HeldFilter(text).filter()) && held.remove(text)) {
        parts.metrics().withdrawnSubscription();
        parts
            .refusals()
            .note(
                now.tenant(),
                "plain:" + now.name(),
                "subscribe.withdrawn",
                text,
                now.name() + " " + clientId(),
                Rule.SUBSCRIBE);
        session.unsubscribe(text);
      }
    }
  }

  @Override
  public boolean mayDeliver(Message message) {
    return verdicts.mayReceive(message.topic());
  }

  @Override
  public void sessionEnded() {
    credential.sessionEnded(this);
  }
}
