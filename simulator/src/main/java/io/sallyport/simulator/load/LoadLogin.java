package io.sallyport.simulator.load;

import io.sallyport.simulator.access.Secret;
import org.jspecify.annotations.Nullable;

/**
 * What a load client says in its CONNECT; user and secret are absent on an open broker.
 *
 * @param cleanSession whether nothing of the session outlives the connection
 */
record LoadLogin(
    String clientId, @Nullable String user, @Nullable Secret secret, boolean cleanSession) {
  LoadLogin(String clientId, @Nullable String user, @Nullable Secret secret) {
    this(clientId, user, secret, true);
  }

  /** The same client with a session that outlives its connections. */
  LoadLogin lasting() {
    return new LoadLogin(clientId, user, secret, false);
  }

  byte @Nullable [] password() {
    return secret == null ? null : secret.revealBytes();
  }
}
