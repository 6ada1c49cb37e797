package io.sallyport.platform.device;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Secret;
import io.sallyport.platform.identity.Authentication;
import io.sallyport.platform.identity.CredentialVersions;
import io.sallyport.platform.identity.LoginSource;
import io.sallyport.platform.identity.Principal;
import java.util.Optional;

/**
 * Logs in devices and gateways, throttled and audited (THREATS T44). Blocks: call it on a virtual
 * thread, never on an event loop.
 */
public interface DeviceAuthenticator {
  /**
   * @param key the device that the client claims to be
   * @param gateway whether it claims to be a gateway; must agree with the device's class
   */
  Authentication authenticateByToken(
      DeviceKey key, boolean gateway, Secret token, LoginSource source);

  /** The device's current versions, to compare after its live connection was registered. */
  CredentialVersions currentVersions(Principal.Device device);

  /**
   * A device by what holds now, without a login: for acting in the name of one that is not
   * connected.
   *
   * @return empty if it is gone or disabled, or its tenant is suspended
   */
  Optional<Principal.Device> standing(DeviceKey key);
}
