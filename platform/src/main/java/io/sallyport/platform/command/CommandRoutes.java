package io.sallyport.platform.command;

import io.sallyport.platform.base.DeviceKey;

/** Which live routes lead to which device. Thread-safe. */
public interface CommandRoutes {
  /**
   * Registers a route to the device and hands it the commands that wait, oldest first. Closing the
   * handle takes it out.
   */
  Registration register(DeviceKey device, long deviceNumber, CommandRoute route);

  /** Tells the dispatcher that the route may take more now (e.g. the device subscribed). */
  void ready(DeviceKey device);

  /**
   * Notes whether commands wait for this device while it is offline (it has a persistent session).
   */
  void setWaits(DeviceKey device, boolean waits);

  /** A registered route. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
