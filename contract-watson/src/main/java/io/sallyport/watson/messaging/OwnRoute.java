package io.sallyport.watson.messaging;

import io.sallyport.platform.command.CommandRoute;
import io.sallyport.platform.command.CommandRoutes;
import io.sallyport.platform.identity.Principal;
import org.jspecify.annotations.Nullable;

/** The command route of one connected device to itself, opened and closed off the event loop. */
final class OwnRoute {
  private final CommandRoutes routes;
  private final Lane lane;
  private final Principal.Device device;
  private final boolean persistent;

  /** Touched on the lane only. */
  private CommandRoutes.@Nullable Registration registration;

  /**
   * @param persistent whether commands wait while the device is away (clean session 0)
   */
  OwnRoute(CommandRoutes routes, Lane lane, Principal.Device device, boolean persistent) {
    this.routes = routes;
    this.lane = lane;
    this.device = device;
    this.persistent = persistent;
  }

  void open(CommandRoute route) {
    lane.run(() -> {
      routes.setWaits(device.key(), persistent);
      registration = routes.register(device.key(), device.deviceNumber(), route);
    });
  }

  /** The device subscribed: what waits may go now. */
  void ready() {
    lane.run(() -> routes.ready(device.key()));
  }

  void close() {
    lane.run(() -> {
      if (registration != null) {
        registration.close();
        registration = null;
      }
    });
  }

  void sessionEnded() {
    lane.run(() -> routes.setWaits(device.key(), false));
  }
}
