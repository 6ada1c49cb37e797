package io.sallyport.plain;

import io.sallyport.platform.space.ClientRules;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainLimits;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What one reading of the rules says to one client, with a short memory of the topics asked last. A
 * new reading makes new verdicts, so nothing stale is ever found. Thread-safe.
 */
final class Verdicts {
  private static final int SLOTS = 16;

  private record Verdict(String topic, boolean allowed) {}

  private final PlainCredential reading;
  private final ClientRules rules;
  private final AtomicReferenceArray<Verdict> publish = new AtomicReferenceArray<>(SLOTS);
  private final AtomicReferenceArray<Verdict> receive = new AtomicReferenceArray<>(SLOTS);

  Verdicts(PlainCredential reading, String clientId) {
    this.reading = reading;
    this.rules = CredentialState.rulesFor(reading, clientId);
  }

  boolean isOf(PlainCredential credential) {
    return reading.revision() == credential.revision();
  }

  long version() {
    return reading.version();
  }

  PlainLimits limits() {
    return reading.limits();
  }

  boolean mayPublish(String topic) {
    int slot = slot(topic);
    Verdict known = publish.get(slot);
    if (known != null && known.topic().equals(topic)) {
      return known.allowed();
    }
    boolean allowed = rules.mayPublish(topic);
    publish.set(slot, new Verdict(topic, allowed));
    return allowed;
  }

  boolean mayReceive(String topic) {
    int slot = slot(topic);
    Verdict known = receive.get(slot);
    if (known != null && known.topic().equals(topic)) {
      return known.allowed();
    }
    boolean allowed = rules.mayReceive(topic);
    receive.set(slot, new Verdict(topic, allowed));
    return allowed;
  }

  boolean maySubscribe(String filter) {
    return rules.maySubscribe(filter);
  }

  private static int slot(String topic) {
    int hash = topic.hashCode();
    return (hash ^ (hash >>> 16)) & (SLOTS - 1);
  }
}
