package io.sallyport.platform.device;

import io.sallyport.platform.identity.ArgonCost;
import io.sallyport.platform.identity.CredentialCheck;
import io.sallyport.platform.identity.HashKeys;
import io.sallyport.platform.identity.HashQueue;
import io.sallyport.platform.identity.LoginAudit;
import io.sallyport.platform.identity.SecretHasher;
import io.sallyport.platform.testing.PlatformFixture;

/** The fixture's device login as it is after a restart with other hash keys. */
final class RotatedKeys implements AutoCloseable {
  private final HashQueue queue = new HashQueue(1, 10, task -> new Thread(task, "hash"));
  final DeviceAuthenticator authenticator;

  RotatedKeys(PlatformFixture platform, HashKeys keys) {
    SecretHasher hasher = new SecretHasher(keys, new ArgonCost(64, 1, 1), platform.random, queue);
    authenticator =
        new ThrottledDeviceAuthenticator(
            platform.tenantStore,
            platform.deviceStore,
            platform.transactions,
            new CredentialCheck(platform.throttle, hasher, platform.clock, platform.random),
            new LoginAudit(platform.audit, platform.clock));
  }

  @Override
  public void close() {
    queue.close();
  }
}
