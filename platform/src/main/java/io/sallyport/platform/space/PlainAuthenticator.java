package io.sallyport.platform.space;

import io.sallyport.platform.base.Secret;
import io.sallyport.platform.base.TenantId;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Principal;
import java.util.Optional;

/**
 * Logs in plain credentials, throttled and audited (THREATS T44). Blocks: call it on a virtual
 * thread, never on an event loop.
 */
public interface PlainAuthenticator {
  /** Whether the name is one of the tenant's plain credentials. */
  boolean knows(TenantId tenant, String name);

  /**
   * Unknown names, wrong passwords and disabled credentials are answered alike, and take as long.
   *
   * @param tenant empty when the client named none that exists
   */
  Authentication authenticate(
      Optional<TenantId> tenant, String name, Secret password, LoginSource source);

  /** The identity of a listener without login: no password, and no rule on transport. */
  Authentication authenticateByListener(ListenerIdentity identity, LoginSource source);

  /** The credential's current versions, to compare after a live connection was registered. */
  CredentialVersions currentVersions(Principal.PlainClient client);
}
