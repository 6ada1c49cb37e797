package io.sallyport.plain;

import io.sallyport.platform.space.ClientRules;
import io.sallyport.platform.space.PlainCredential;
import io.sallyport.platform.space.PlainLimits;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A credential as it is now, shared by all its open connections and sessions: its newest rules, and
 * how much it uses. Thread-safe.
 */
final class CredentialState {
  private final long number;
  private volatile @Nullable PlainCredential credential;
  private volatile boolean deleted;

  // Guarded by this.
  private final Set<PlainBinding> connections = new HashSet<>();
  private final Map<String, RuledClient> sessions = new HashMap<>();

  CredentialState(long number) {
    this.number = number;
  }

  long number() {
    return number;
  }

  /** The newer of two readings stays. */
  synchronized void offer(PlainCredential read) {
    PlainCredential known = credential;
    if (known == null || read.revision() > known.revision()) {
      credential = read;
    }
  }

  /** Whether it has been read, or found gone. */
  boolean isKnown() {
    return credential != null || deleted;
  }

  void delete() {
    deleted = true;
  }

  /** The newest reading; null while nothing may be done with it. */
  @Nullable PlainCredential usable() {
    PlainCredential known = credential;
    return known == null || deleted || !known.enabled() ? null : known;
  }

  /** The rules in force now for one client. */
  static ClientRules rulesFor(PlainCredential credential, String clientId) {
    return ClientRules.of(credential.rules(), clientId, credential.name());
  }

  /**
   * Counts a connection, unless its credential has as many as it may. A client that comes back in
   * place of its own connection or session is always let through.
   */
  synchronized boolean enter(PlainBinding binding, PlainLimits limits) {
    boolean takesOver =
        connections.size() >= limits.connectionsMax()
            && connections.stream().anyMatch(other -> other.clientId().equals(binding.clientId()));
    boolean room = connections.size() < limits.connectionsMax() || takesOver;
    boolean sessionRoom =
        sessions.containsKey(binding.clientId()) || sessions.size() < limits.sessionsMax();
    if (!room || !sessionRoom) {
      return false;
    }
    connections.add(binding);
    return true;
  }

  synchronized void leave(PlainBinding binding) {
    connections.remove(binding);
  }

  /** The client's session is live; it takes the place of an earlier one of the same client. */
  synchronized void sessionOpened(RuledClient client) {
    sessions.put(client.clientId(), client);
  }

  synchronized void sessionEnded(RuledClient client) {
    sessions.remove(client.clientId(), client);
  }

  /** All that are connected or have a session. */
  synchronized Set<RuledClient> clients() {
    Set<RuledClient> clients = new HashSet<>(connections);
    clients.addAll(sessions.values());
    return clients;
  }
}
