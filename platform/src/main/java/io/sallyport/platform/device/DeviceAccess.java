package io.sallyport.platform.device;

/**
 * What a device's login rests on besides its tenant, all of one moment.
 *
 * @param number internal number, never reused (THREATS T15)
 * @param enabled a disabled device can't log in
 * @param version the device's, raised at every change that ends its connections
 */
public record DeviceAccess(
    long number,
    DeviceClass deviceClass,
    boolean enabled,
    long version,
    DeviceCredential credential) {

  static DeviceAccess of(Device device, DeviceCredential credential) {
    return new DeviceAccess(
        device.number(), device.deviceClass(), device.enabled(), device.version(), credential);
  }
}
