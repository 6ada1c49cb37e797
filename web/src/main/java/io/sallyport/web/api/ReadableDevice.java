package io.sallyport.web.api;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Problem;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.identity.AccessPolicy;
import io.sallyport.platform.identity.Permission;
import io.sallyport.platform.identity.Principal;

/**
 * Finds a device for somebody who may do one thing with it, though perhaps not read its
 * registration: {@code event:read} alone is enough to read events.
 */
final class ReadableDevice {
  private final AccessPolicy policy;
  private final DeviceStore devices;

  ReadableDevice(AccessPolicy policy, DeviceStore devices) {
    this.policy = policy;
    this.devices = devices;
  }

  /**
   * @throws io.sallyport.platform.identity.AccessDeniedProblem without the permission
   * @throws io.sallyport.platform.base.ProblemException {@code NOT_FOUND}
   */
  Found require(Principal actor, Permission permission, DeviceKey key) {
    policy.require(actor, permission, key);
    if (!(actor instanceof Principal.OfTenant of)) {
      throw new IllegalStateException("the policy let somebody outside the tenant in");
    }
    Device device = devices.find(key).orElseThrow(() -> Problem.notFound("the device"));
    return new Found(key, of.tenantNumber(), device.number());
  }

  /** What stores need to know of it. */
  record Found(DeviceKey key, int tenantNumber, long number) {}
}
