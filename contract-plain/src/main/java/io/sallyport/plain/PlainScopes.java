package io.sallyport.plain;

import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;

/** The engine's isolation keys of this contract, by numbers that are never given again. */
final class PlainScopes {
  private static final String OWNER = "plain";
  private static final String SESSION_OWNER = "plain-credential:";

  private PlainScopes() {}

  static Scope of(long spaceNumber) {
    return new Scope(OWNER, spaceNumber);
  }

  static boolean owns(Scope scope) {
    return scope.owner().equals(OWNER);
  }

  /** THREATS T30: the credential owns the session, so that another's client never meets it. */
  static SessionKey session(long spaceNumber, long credentialNumber, String clientId) {
    return new SessionKey(of(spaceNumber), owner(credentialNumber), clientId);
  }

  static String owner(long credentialNumber) {
    return SESSION_OWNER + credentialNumber;
  }

  /** The credential that owns a session of this contract. */
  static long credentialNumber(SessionKey session) {
    return Long.parseLong(session.owner().substring(SESSION_OWNER.length()));
  }
}
