package io.sallyport.watson.messaging;

import io.sallyport.platform.base.DeviceKey;
import io.sallyport.platform.base.Page;
import io.sallyport.platform.base.PageRequest;
import io.sallyport.platform.command.CommandRoute;
import io.sallyport.platform.command.CommandRoutes;
import io.sallyport.platform.device.Device;
import io.sallyport.platform.device.DeviceQuery;
import io.sallyport.platform.device.DeviceStore;
import io.sallyport.platform.identity.Principal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The command routes of a connected gateway to the devices behind it. The list is read again every
 * {@value #REFRESH_SECONDS} s while the gateway is subscribed to their commands, so a device that
 * was put behind it meanwhile is reached; each delivery is checked on its own. All methods hand
 * over to the gateway's lane and return at once.
 */
final class FamilyRoutes {
  static final int REFRESH_SECONDS = 10;

  /** THREATS T33: devices behind one gateway. */
  static final int DEVICES_MAX = 1_000;

  private static final int PAGE_SIZE = 500;

  private final DeviceStore devices;
  private final CommandRoutes routes;
  private final Lane lane;
  private final ScheduledExecutorService timer;
  private final Principal.Device gateway;
  private final CommandRoute route;
  private final boolean persistent;

  // Touched on the lane only.
  private final Map<DeviceKey, CommandRoutes.Registration> registered = new HashMap<>();
  private @Nullable ScheduledFuture<?> refresh;
  private boolean closed;

  FamilyRoutes(
      DeviceStore devices,
      CommandRoutes routes,
      Lane lane,
      ScheduledExecutorService timer,
      Principal.Device gateway,
      CommandRoute route,
      boolean persistent) {
    this.devices = devices;
    this.routes = routes;
    this.lane = lane;
    this.timer = timer;
    this.gateway = gateway;
    this.route = route;
    this.persistent = persistent;
  }

  /** The gateway subscribed to commands of devices behind it. */
  void open() {
    lane.run(() -> {
      if (closed) {
        return;
      }
      readFamily();
      registered.keySet().forEach(routes::ready);
      if (refresh == null) {
        refresh =
            timer.scheduleWithFixedDelay(
                () -> lane.run(this::readFamily),
                REFRESH_SECONDS,
                REFRESH_SECONDS,
                TimeUnit.SECONDS);
      }
    });
  }

  void close() {
    lane.run(() -> {
      closed = true;
      if (refresh != null) {
        refresh.cancel(false);
      }
      registered.values().forEach(CommandRoutes.Registration::close);
      registered.clear();
    });
  }

  /** The gateway's session is over: nothing waits for it any more. */
  void sessionEnded() {
    lane.run(() -> family().keySet().forEach(child -> routes.setWaits(child, false)));
  }

  private void readFamily() {
    if (closed) {
      return;
    }
    Map<DeviceKey, Long> family = family();
    Set<DeviceKey> gone = new HashSet<>(registered.keySet());
    gone.removeAll(family.keySet());
    for (DeviceKey child : gone) {
      CommandRoutes.Registration place = registered.remove(child);
      if (place != null) {
        place.close();
      }
    }
    family.forEach((child, number) -> {
      if (!registered.containsKey(child)) {
        routes.setWaits(child, persistent);
        registered.put(child, routes.register(child, number, route));
      }
    });
  }

  private Map<DeviceKey, Long> family() {
    DeviceQuery behind =
        new DeviceQuery(Optional.empty(), Optional.of(gateway.key()), DeviceQuery.Sort.KEY, false);
    Map<DeviceKey, Long> family = new HashMap<>();
    Page<Device> page = devices.list(gateway.tenant(), behind, PageRequest.first(PAGE_SIZE));
    while (true) {
      page.items().forEach(child -> family.put(child.key(), child.number()));
      if (page.next().isEmpty() || family.size() >= DEVICES_MAX) {
        return family;
      }
      page = devices.list(gateway.tenant(), behind, new PageRequest(PAGE_SIZE, page.next()));
    }
  }
}
