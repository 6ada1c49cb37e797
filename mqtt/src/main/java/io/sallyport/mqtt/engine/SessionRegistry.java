package io.sallyport.mqtt.engine;

import io.sallyport.mqtt.SessionKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All sessions by key: at most one live connection each (THREATS T30). A claim of a key in use goes
 * to the loop that owns the session, which ends the old connection and hands the state over; nobody
 * waits for it on a thread.
 */
final class SessionRegistry {
  private final MqttConfig.Sessions limits;
  private final Scopes scopes;
  private final SessionCounts counts;
  private final Map<SessionKey, Session> byKey = new ConcurrentHashMap<>();
  private final AtomicLong claims = new AtomicLong();
  private final AtomicInteger offline = new AtomicInteger();

  SessionRegistry(MqttConfig.Sessions limits, MqttConfig.Ownership ownership, Scopes scopes) {
    this.limits = limits;
    this.counts = new SessionCounts(ownership);
    this.scopes = scopes;
  }

  long nextClaimNumber() {
    return claims.incrementAndGet();
  }

  int size() {
    return byKey.size();
  }

  /** On the claimant's loop; the claim's login is answered there, now or later. */
  void claim(EngineContext engine, SessionClaim claim) {
    if (!claim.login().isWaiting()) { // Its connection has ended.
      return;
    }
    SessionKey key = claim.admitted().session();
    Session present = byKey.get(key);
    if (present == null) {
      if (!counts.add(key)) {
        claim.login().refusedForQuota();
        return;
      }
      Session fresh = new Session(engine, claim);
      present = byKey.putIfAbsent(key, fresh);
      if (present == null) {
        claim.login().granted(fresh, claim, false);
        return;
      }
      fresh.discard();
      counts.remove(key);
    }
    forward(engine, present, claim);
  }

  /** From any thread. */
  void end(SessionKey key) {
    Session session = find(key);
    if (session != null) {
      end(session);
    }
  }

  /** From any thread. */
  @Nullable Session find(SessionKey key) {
    return byKey.get(key);
  }

  /** From any thread. */
  void endAll(Predicate<SessionKey> which) {
    byKey.forEach((key, session) -> {
      if (which.test(key)) {
        end(session);
      }
    });
  }

  private static void end(Session session) {
    session
        .owner()
        .post(() -> {
          if (session.owner().inLoop()) {
            session.revoke();
          } else { // It has moved meanwhile.
            end(session);
          }
        });
  }

  /**
   * After a restart, before the first claim.
   *
   * @return false when it is above a limit, and not kept
   */
  boolean restore(Session session) {
    if (!counts.add(session.key())) {
      return false;
    }
    byKey.put(session.key(), session);
    return true;
  }

  /** One with a client whose record says so, to be brought up to date; null when there is none. */
  @Nullable Session anyConnected() {
    for (Session session : byKey.values()) {
      if (session.isConnected() && session.isRecorded()) {
        return session;
      }
    }
    return null;
  }

  void remove(Session session) {
    if (byKey.remove(session.key(), session)) {
      counts.remove(session.key());
    }
  }

  /** Counts the session as offline, unless a bound is reached. */
  boolean mayKeepOffline(Session session) {
    AtomicInteger inScope = scopes.state(session.key().scope()).offlineSessions();
    if (offline.incrementAndGet() <= limits.offlineMax()) {
      if (inScope.incrementAndGet() <= limits.offlinePerScopeMax()) {
        return true;
      }
      inScope.decrementAndGet();
    }
    offline.decrementAndGet();
    return false;
  }

  void backOnline(Session session) {
    scopes.state(session.key().scope()).offlineSessions().decrementAndGet();
    offline.decrementAndGet();
  }

  private void forward(EngineContext engine, Session session, SessionClaim claim) {
    session.owner().post(() -> decide(engine, session, claim));
  }

  /** On the loop that owned the session when the claim was posted. */
  private void decide(EngineContext engine, Session session, SessionClaim claim) {
    if (!session.owner().inLoop()) {
      forward(engine, session, claim);
      return;
    }
    if (session.isEnded()) {
      claim.loop().post(() -> claim(engine, claim));
      return;
    }
    if (session.claimNumber() > claim.number()) {
      claim.loop().post(() -> claim.login().lost());
      return;
    }
    session.release(claim);
    if (session.isEnded() || claim.cleanStart()) {
      // [MQTT-3.1.2-6]: a clean session begins with nothing, and so does one after it.
      session.end();
      claim.loop().post(() -> claim(engine, claim));
      return;
    }
    session.moveTo(claim.loop());
    claim.loop().post(() -> claim.login().granted(session, claim, true));
  }
}
