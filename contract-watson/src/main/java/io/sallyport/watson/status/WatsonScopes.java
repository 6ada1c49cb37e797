package io.sallyport.watson.status;

import io.sallyport.mqtt.Scope;

/** The engine's isolation keys of this contract. */
public final class WatsonScopes {
  private WatsonScopes() {}

  /** Events, commands and full status messages of the tenant. */
  public static Scope full(int tenantNumber) {
    return new Scope("watson", tenantNumber);
  }

  /**
   * Status messages without address and user, for clients that lack {@code connection:read}
   * (THREATS T36).
   */
  public static Scope masked(int tenantNumber) {
    return new Scope("watson-masked", tenantNumber);
  }
}
