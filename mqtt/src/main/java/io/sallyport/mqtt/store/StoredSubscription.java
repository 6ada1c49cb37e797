package io.sallyport.mqtt.store;

import io.sallyport.mqtt.Qos;
import io.sallyport.mqtt.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A granted subscription of a durable session.
 *
 * @param filter as the client sent it, {@code $share/…} included: what names it within its session
 * @param scope in which it is matched; may differ from the session's
 * @param qos as granted
 * @param indexed whether the engine's index delivers, as {@code SubscribeOutcome.Granted} said
 * @param retainHandling 0 to 2 (v5: 3.8.3.1)
 * @param identifier Subscription Identifier, 0 for none
 * @param shareKey what keeps groups of one name apart (THREATS T30, T37); null where not shared
 */
public record StoredSubscription(
    String filter,
    Scope scope,
    Qos qos,
    boolean indexed,
    boolean noLocal,
    boolean retainAsPublished,
    int retainHandling,
    int identifier,
    @Nullable String shareKey) {
  public StoredSubscription {
    if (retainHandling < 0 || retainHandling > 2 || identifier < 0) {
      throw new IllegalArgumentException("a subscription's option is out of range");
    }
  }
}
