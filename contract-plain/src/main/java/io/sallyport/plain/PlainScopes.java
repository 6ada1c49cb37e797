package io.sallyport.plain;

import io.sallyport.mqtt.Scope;
import io.sallyport.mqtt.SessionKey;

/** The engine's isolation keys of this contract, by numbers that are never given again. */
final class PlainScopes {
  private PlainScopes() {}

  static Scope of(long spaceNumber) {
    return new Scope("plain", spaceNumber);
  }

  /** THREATS T30: the credential owns the session, so that another's client never meets it. */
  static SessionKey session(long spaceNumber, long credentialNumber, String clientId) {
    return new SessionKey(of(spaceNumber), owner(credentialNumber), clientId);
  }

  static String owner(long credentialNumber) {
    return "plain-credential:" + credentialNumber;
  }
}
