package io.sallyport.platform.identity;

import io.sallyport.platform.base.Secret;

/**
 * Logs in API keys ({@code a-…}) and operator keys ({@code o-…}), throttled and audited (THREATS
 * T44). Blocks: call it on a virtual thread, never on an event loop.
 */
public interface KeyAuthenticator {
  Authentication authenticate(String key, Secret token, LoginSource source);

  /** The key's current versions, to compare after a live connection was registered; -1 if gone. */
  CredentialVersions currentVersions(Principal principal);
}
