package io.sallyport.simulator.load;

import io.sallyport.simulator.access.Secret;
import org.jspecify.annotations.Nullable;

/** What a load client says in its CONNECT; user and secret are absent on an open broker. */
record LoadLogin(String clientId, @Nullable String user, @Nullable Secret secret) {
  byte @Nullable [] password() {
    return secret == null ? null : secret.revealBytes();
  }
}
