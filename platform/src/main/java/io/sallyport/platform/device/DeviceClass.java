package io.sallyport.platform.device;

/** Whether devices of a type may speak for others. */
public enum DeviceClass {
  DEVICE,
  GATEWAY
}
