package io.sallyport.platform.device;

import io.sallyport.platform.base.Secret;

/** A new device with its token, which is shown this once. */
public record RegisteredDevice(Device device, Secret token) {}
