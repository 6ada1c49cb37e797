package io.sallyport.platform.identity;

import io.sallyport.platform.base.RefusalId;

/** The outcome of a login. */
public sealed interface Authentication {
  /**
   * @param versions state of everything the login rests on, to be compared again after the live
   *     connection is registered (THREATS T31)
   */
  record Granted(Principal principal, CredentialVersions versions) implements Authentication {}

  /**
   * Refused. The client is told the same for unknown, wrong, disabled and foreign.
   *
   * @param tryLater true when refused by a throttle or a full hash queue rather than by the
   *     credential
   */
  record Rejected(RefusalId refusal, boolean tryLater) implements Authentication {}
}
