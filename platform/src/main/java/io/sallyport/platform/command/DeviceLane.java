package io.sallyport.platform.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the dispatcher knows of one device. Touched only inside {@link CommandDispatcher}'s atomic
 * map updates, which guard it.
 */
final class DeviceLane {
  final long deviceNumber;

  /** Live routes, newest first. */
  final List<RouteEntry> routes = new ArrayList<>();

  /** Commands whose delivery is open, and those delivered whose status is not yet stored. */
  final Set<String> inFlight = new HashSet<>();

  /**
   * Commands that ended since the running turn began: a list read before their end still shows them
   * as waiting.
   */
  final Set<String> ended = new HashSet<>();

  /** Commands that a live route did not take or dropped: not offered to it again until it asks. */
  final Map<String, Set<RouteEntry>> passedOver = new HashMap<>();

  /** Commands that end when they find no way now. */
  final Set<String> impatient = new HashSet<>();

  /** Whether a thread delivers now, and whether it must look again. */
  boolean delivering;

  boolean lookAgain;

  /** A registered route; equal only to itself. */
  static final class RouteEntry {
    final CommandRoute route;

    RouteEntry(CommandRoute route) {
      this.route = route;
    }
  }

  DeviceLane(long deviceNumber) {
    this.deviceNumber = deviceNumber;
  }

  boolean isIdle() {
    return routes.isEmpty() && inFlight.isEmpty() && impatient.isEmpty() && !delivering;
  }

  /** The routes that may still be offered this command. */
  List<RouteEntry> untried(String commandId) {
    Set<RouteEntry> tried = passedOver.getOrDefault(commandId, Set.of());
    return routes.stream().filter(route -> !tried.contains(route)).toList();
  }

  void passOver(String commandId, RouteEntry route) {
    if (routes.contains(route)) {
      passedOver.computeIfAbsent(commandId, id -> new HashSet<>()).add(route);
    }
  }

  void removeRoute(RouteEntry route) {
    routes.remove(route);
    passedOver.values().removeIf(tried -> tried.remove(route) && tried.isEmpty());
  }
}
