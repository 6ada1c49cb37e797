package io.sallyport.platform.identity;

import io.sallyport.platform.base.Secret;
import java.util.Optional;

/**
 * Logs in API keys ({@code a-…}) and operator keys ({@code o-…}), throttled and audited (THREATS
 * T44). Blocks: call it on a virtual thread, never on an event loop.
 */
public interface KeyAuthenticator {
  Authentication authenticate(String key, Secret token, LoginSource source);

  /** The key's current versions, to compare after a live connection was registered; -1 if gone. */
  CredentialVersions currentVersions(Principal principal);

  /**
   * Whom an API key stands for by what holds now, without a login: for acting in the name of a
   * client that is not connected.
   *
   * @return empty if the key is gone or disabled, or its tenant is suspended
   */
  Optional<Principal.Application> standing(String apiKey);
}
